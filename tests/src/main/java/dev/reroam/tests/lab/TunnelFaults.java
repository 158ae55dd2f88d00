package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Topology.Direction.BOTH;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Faults in which the tunnel itself is special, or changes while it is being healed. */
final class TunnelFaults {

    // A recovery has begun and may not have ended.
    private static final Duration MID_RECOVERY = Duration.ofMillis(20);

    // Long enough that WireGuard will notice missing answers, and that an agent has seen the new interface.
    private static final Duration CARRIES = Duration.ofSeconds(1);

    static final Fault TUNNEL_RECREATED = Fault.of(
            "tunnel-recreated",
            "the default route goes to the second uplink; during recovery the tunnel's interface is deleted and made anew"
                    + " under another number; then the default route goes back",
            net -> changeTwice(net, Tunnel::recreate));

    static final Fault TUNNEL_REKEYED = Fault.of(
            "tunnel-rekeyed",
            "the default route goes to the second uplink; during recovery the tunnel's interface is deleted and made anew"
                    + " under another number and with another peer key; then the default route goes back",
            net -> changeTwice(net, Tunnel::rekey));

    static final Fault INSIDE_TUNNEL = Fault.of(
                    "inside-tunnel",
                    "the tunnel's endpoint is inside another tunnel, whose default route is replaced: the outer one has to"
                            + " heal first",
                    UplinkFaults.ROUTE_REPLACED.inject())
            .prepared(Topology::addInnerTunnel);

    static final List<Fault> ALL = List.of(TUNNEL_RECREATED, TUNNEL_REKEYED, INSIDE_TUNNEL);

    private TunnelFaults() {}

    // The new tunnel comes up on the second uplink by itself, as new tunnels do; what counts is the change after that.
    private static Moments changeTwice(Topology net, Consumer<Tunnel> recreation) {
        net.swallow(1, BOTH);
        net.ip().settled("route replace " + net.defaultRoute(2));
        Pause.of(MID_RECOVERY);
        recreation.accept(net.tunnel());
        net.tunnel().awaitHandshake();
        Pause.of(CARRIES);
        long cut = net.swallow(2, BOTH);
        net.deliver(1, BOTH);
        return Moments.of(cut, net.ip().request("route replace " + net.defaultRoute(1)));
    }
}
