package dev.reroam.linux.route;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A packet whose way is asked for. Immutable.
 *
 * @param mark the firewall mark; 0 is a packet without one
 * @param ipProtocol 6 TCP, 17 UDP, 1 or 58 ICMP (the only ones that the kernel looks up); 0 when rules by protocol and port
 *     shall not match
 * @param sourcePort 0 when not known
 * @param destinationPort 0 when not known
 * @param uid owner of the socket; 0 for what the kernel itself sends, kernel WireGuard included
 * @param link index of the interface that the socket is bound to
 * @param source address that the socket is bound to
 */
public record PathQuestion(
        IpAddress destination,
        int mark,
        int ipProtocol,
        int sourcePort,
        int destinationPort,
        int uid,
        OptionalInt link,
        Optional<IpAddress> source) {

    // linux/in.h
    private static final int IPPROTO_TCP = 6;
    private static final int IPPROTO_UDP = 17;

    public PathQuestion {
        if ((sourcePort | destinationPort) >>> 16 != 0) {
            throw new IllegalArgumentException("ports " + sourcePort + ", " + destinationPort);
        }
        if (ipProtocol < 0 || ipProtocol > 0xff) {
            throw new IllegalArgumentException("protocol " + ipProtocol);
        }
        if (source.isPresent() && source.get().family() != destination.family()) {
            throw new IllegalArgumentException("families differ: " + source.get() + ", " + destination);
        }
    }

    /** A packet without mark, protocol and ports, sent by the kernel. */
    public static PathQuestion to(IpAddress destination) {
        return new PathQuestion(destination, 0, 0, 0, 0, 0, OptionalInt.empty(), Optional.empty());
    }

    /** A UDP packet from an unbound socket. */
    public static PathQuestion udp(Endpoint destination, int mark, int sourcePort, int uid) {
        return new PathQuestion(
                destination.address(),
                mark,
                IPPROTO_UDP,
                sourcePort,
                destination.port(),
                uid,
                OptionalInt.empty(),
                Optional.empty());
    }

    /** A TCP packet from an unbound socket. */
    public static PathQuestion tcp(Endpoint destination, int mark, int sourcePort, int uid) {
        return new PathQuestion(
                destination.address(),
                mark,
                IPPROTO_TCP,
                sourcePort,
                destination.port(),
                uid,
                OptionalInt.empty(),
                Optional.empty());
    }

    /** The same with another mark. */
    public PathQuestion withMark(int other) {
        return new PathQuestion(destination, other, ipProtocol, sourcePort, destinationPort, uid, link, source);
    }

    /** The same from a socket bound to an address. */
    public PathQuestion withSource(IpAddress bound) {
        return new PathQuestion(
                destination, mark, ipProtocol, sourcePort, destinationPort, uid, link, Optional.of(bound));
    }

    /** The same from a socket that is bound to no address. */
    PathQuestion withoutSource() {
        return new PathQuestion(
                destination, mark, ipProtocol, sourcePort, destinationPort, uid, link, Optional.empty());
    }
}
