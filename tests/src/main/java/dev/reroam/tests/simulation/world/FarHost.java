package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.tests.simulation.world.Message.Inner;
import dev.reroam.tests.simulation.world.Message.Kind;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The far end of one tunnel: a machine with one device and one peer, perhaps behind a NAT of its own. One thread's. */
public final class FarHost implements Host, Internet.Attached {

    /** What its people do. */
    public record Manners(boolean answersEchoes, boolean forwards) {}

    private static final Sticky NONE = new Sticky(IpAddress.ANY_V4, 1);

    private final Internet internet;
    private final @Nullable Nat nat;
    private final IpAddress address;
    private final Manners manners;
    private final long delay;
    // Null only while it is being made.
    private @Nullable WgDevice device;
    private @Nullable WgPeer peer;
    private boolean online = true;
    private long heard;

    FarHost(Internet internet, IpAddress address, @Nullable Nat nat, Manners manners, long delay) {
        this.internet = internet;
        this.address = address;
        this.nat = nat;
        this.manners = manners;
        this.delay = delay;
        internet.give(outside(), this);
    }

    void made(WgDevice itsDevice, WgPeer itsPeer) {
        device = itsDevice;
        peer = itsPeer;
    }

    /** What it sends to the box by. */
    public WgPeer peer() {
        if (peer == null) {
            throw new IllegalStateException("not made yet");
        }
        return peer;
    }

    Optional<Nat> nat() {
        return Optional.ofNullable(nat);
    }

    /** Its NAT ends flows that are used. */
    boolean endsFlows() {
        return nat().filter(Nat::endsFlows).isPresent();
    }

    IpAddress outside() {
        return nat == null ? address : nat.address();
    }

    Endpoint inside() {
        return new Endpoint(address, peer().device().port());
    }

    public boolean online() {
        return online;
    }

    /** How many packets of people's traffic it got. */
    public long heard() {
        return heard;
    }

    void online(boolean now) {
        online = now;
        if (now && device != null) {
            // A machine that starts.
            device.down();
            device.again(device.index());
        }
    }

    /** Its own way out gets another address, and its NAT forgets. */
    void moves(IpAddress now) {
        if (nat != null) {
            internet.take(nat.address());
            nat.becomes(now, true);
            internet.give(now, this);
        }
    }

    @Override
    public long inbound() {
        return delay;
    }

    @Override
    public void arrive(Packet packet) {
        WgDevice to = device;
        if (!online || to == null) {
            return;
        }
        Optional<Endpoint> inner = nat == null ? Optional.of(packet.to()) : nat.in(packet.from(), packet.to());
        inner.filter(inside()::equals).ifPresent(in -> to.arrive(packet.to(in), NONE));
    }

    @Override
    public Optional<Sticky> send(WgDevice from, @Nullable Sticky sticky, Endpoint to, Message message) {
        if (online) {
            var packet = new Packet(inside(), to, message);
            Optional<Packet> leaves = nat == null ? Optional.of(packet) : nat.out(packet);
            leaves.ifPresent(out -> internet.carry(out, delay));
        }
        return Optional.ofNullable(sticky);
    }

    @Override
    public void inner(WgPeer by, Inner inner) {
        switch (inner.kind()) {
            case ECHO -> {
                if (manners.answersEchoes()) {
                    by.send(new Inner(Kind.ECHO_REPLY, inner.number(), inner.bytes()));
                }
            }
            case THROUGH -> {
                if (manners.forwards()) {
                    by.send(new Inner(Kind.THROUGH_ANSWER, inner.number(), inner.bytes()));
                }
            }
            case TRAFFIC -> heard++;
            case KEEPALIVE, ECHO_REPLY, THROUGH_ANSWER -> {}
        }
    }
}
