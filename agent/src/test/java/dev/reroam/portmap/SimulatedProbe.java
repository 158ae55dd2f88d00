package dev.reroam.portmap;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.natpmp.NatPmpClient;
import dev.reroam.portmap.pcp.PcpClient;
import dev.reroam.portmap.pcp.PcpNonce;
import dev.reroam.portmap.upnp.UpnpClient;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;

/** A probe of the simulated gateway on virtual time, for the tests of those who probe. */
public final class SimulatedProbe {

    /** The gateway's address, and ours. */
    public static final IpAddress GATEWAY = SimulatedGateway.ADDRESS;

    public static final IpAddress LOCAL = IpAddress.parse(SimulatedGateway.LOCAL);

    /** What the probe told, and after how long. */
    public record Told(Report report, long nanos) {}

    private record Later(long at, long order, Stimulus stimulus) {}

    private final SimulatedGateway gateway = new SimulatedGateway(0);
    private final Protocol protocol;
    private final PriorityQueue<Later> underWay =
            new PriorityQueue<>(Comparator.comparingLong(Later::at).thenComparingLong(Later::order));
    private long order;

    private SimulatedProbe(Set<Protocol> speaks, Optional<String> external, Protocol protocol) {
        gateway.speaks.retainAll(speaks);
        external.ifPresent(address -> gateway.external = address);
        this.protocol = protocol;
    }

    /** Probes a gateway that speaks these and calls this its outer address. */
    public static Told probe(Set<Protocol> speaks, Optional<String> external, Protocol protocol) {
        return new SimulatedProbe(speaks, external, protocol).run();
    }

    private Told run() {
        long now = 0;
        GatewayClient client = switch (protocol) {
            case PCP -> PcpClient.of(GATEWAY, LOCAL, new PcpNonce(0, 0), new Chance(1));
            case NAT_PMP -> NatPmpClient.of(GATEWAY);
            case UPNP -> UpnpClient.of(GATEWAY, LOCAL, false, new Chance(1));
        };
        Stimulus next = new Stimulus.Ask(new Operation.Probe());
        while (true) {
            var turn = client.step(next, now);
            client = turn.client();
            for (Effect effect : turn.effects()) {
                if (effect instanceof Effect.Tell tell
                        && (tell.report() instanceof Report.Present || tell.report() instanceof Report.Absent)) {
                    return new Told(tell.report(), now);
                }
                for (Stimulus answer : answers(effect, now)) {
                    underWay.add(new Later(now + 2 * gateway.delayNanos, order++, answer));
                }
            }
            if (!underWay.isEmpty() && underWay.peek().at() <= client.dueAt()) {
                var later = underWay.remove();
                now = later.at();
                next = later.stimulus();
            } else {
                now = client.dueAt();
                next = new Stimulus.Due();
            }
        }
    }

    private List<Stimulus> answers(Effect effect, long now) {
        var answers = new ArrayList<Stimulus>();
        switch (effect) {
            case Effect.Send send ->
                gateway.datagram(protocol, send.to(), send.bytes(), now)
                        .ifPresent(bytes -> answers.add(new Stimulus.Datagram(
                                new Endpoint(GATEWAY, protocol == Protocol.UPNP ? 1900 : 5351), bytes)));
            case Effect.Call call ->
                answers.add(gateway.http(call.request(), now)
                        .<Stimulus>map(answer -> new Stimulus.Answered(call.call(), answer))
                        .orElseGet(() -> new Stimulus.CallFailed(call.call(), "no answer")));
            case Effect.Tell tell -> {}
        }
        return answers;
    }
}
