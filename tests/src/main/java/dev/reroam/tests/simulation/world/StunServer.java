package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;

/** A STUN server. Confined to its run's thread. */
public final class StunServer implements Internet.Attached {

    /** What it is like. */
    public enum Manner {
        ANSWERS,
        /** Nobody is there, or a firewall. */
        NEVER,
        /** It tells an address of its own invention, always the same one. */
        LIES
    }

    /** RFC 5737. */
    private static final IpAddress LIE = IpAddress.parse("192.0.2.66");

    private final Internet internet;
    private final Endpoint address;
    private final Manner manner;

    StunServer(Internet internet, Endpoint address, Manner manner) {
        this.internet = internet;
        this.address = address;
        this.manner = manner;
        internet.give(address.address(), this);
    }

    public Endpoint address() {
        return address;
    }

    @Override
    public long inbound() {
        return VirtualTime.MILLI;
    }

    @Override
    public void arrive(Packet packet) {
        if (packet.message() instanceof Message.Question question
                && manner != Manner.NEVER
                && packet.to().equals(address)) {
            Endpoint seen =
                    manner == Manner.LIES ? new Endpoint(LIE, packet.from().port()) : packet.from();
            internet.carry(
                    new Packet(address, packet.from(), new Message.Answer(question.transaction(), seen)),
                    VirtualTime.MILLI);
        }
    }
}
