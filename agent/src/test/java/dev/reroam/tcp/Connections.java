package dev.reroam.tcp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.route.RouteType;
import dev.reroam.linux.sockdiag.TcpConnection;
import dev.reroam.linux.sockdiag.TcpHealth;
import dev.reroam.linux.sockdiag.TcpState;
import dev.reroam.uplink.Uplink;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Connections and ways for tests. */
final class Connections {

    static final int WAN = 2;
    static final IpAddress ADDRESS = IpAddress.parse("192.0.2.7");
    static final IpAddress GATEWAY = IpAddress.parse("192.0.2.1");
    static final String SERVER = "198.51.100.1:443";

    private Connections() {}

    /** The uplink, from which nothing has come for a second. */
    static GoneUplink gone() {
        return new GoneUplink(new Uplink(WAN, "wan1", Optional.of(GATEWAY), ADDRESS), OptionalLong.of(1000));
    }

    static TcpConnection idle(String local, String remote, long silentMillis) {
        return of(local, remote, 0, new TcpHealth(0, 0, 200_000, 0, 5000, silentMillis, silentMillis));
    }

    static TcpConnection unanswered(String local, int retransmits, int backoff) {
        return of(local, SERVER, 700, new TcpHealth(retransmits, backoff, 800_000, 0, 100, 1500, 1500));
    }

    static TcpConnection of(String local, String remote, long sendQueue, TcpHealth health) {
        return new TcpConnection(
                TcpState.ESTABLISHED,
                Endpoint.parse(local),
                Endpoint.parse(remote),
                OptionalInt.empty(),
                0,
                sendQueue,
                0,
                4711,
                99,
                OptionalInt.of(0),
                OptionalLong.of(1),
                Optional.of(health));
    }

    static RouteAnswer by(int link, String gateway) {
        return reachable(link, Optional.of(IpAddress.parse(gateway)), RouteType.UNICAST);
    }

    static RouteAnswer onLink(int link) {
        return reachable(link, Optional.empty(), RouteType.UNICAST);
    }

    static RouteAnswer toUs() {
        return reachable(1, Optional.empty(), RouteType.LOCAL);
    }

    private static RouteAnswer reachable(int link, Optional<IpAddress> gateway, RouteType type) {
        return new RouteAnswer.Reachable(link, gateway, Optional.empty(), 254, type, 0);
    }
}
