package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Topology.Direction.BOTH;

import java.time.Duration;
import java.util.List;

/**
 * Faults that no kernel sees: the first uplink carries nothing any more, while its cable, address and route stay. The second
 * has a default route with a worse metric, and nobody fails over. {@link #told} gives an agent the lab's servers.
 */
public final class SilentFaults {

    private static final List<String> STUN_SERVERS = List.of("11.0.9.1", "11.0.8.1");
    // What is usual must be known before it can be missed.
    private static final Duration TRAFFIC_BEFORE = Duration.ofSeconds(4);

    /** Nothing passes in either direction; no STUN server is there either. */
    public static final Fault UPLINK_SILENT =
            silent("uplink-silent", "swallows everything", BOTH).prepared(SilentFaults::standby);

    /**
     * What the far side sends is still delivered, so that no counter shows a thing: the servers' silence alone does. They
     * answer over both uplinks.
     */
    public static final Fault UPLINK_SILENT_UPSTREAM = silent(
                    "uplink-silent-upstream", "swallows what is sent, and delivers", Topology.Direction.UPSTREAM)
            .prepared(SilentFaults::standbyAndServers);

    /** What we send still arrives. */
    public static final Fault UPLINK_SILENT_DOWNSTREAM = silent(
                    "uplink-silent-downstream", "swallows what comes, and sends", Topology.Direction.DOWNSTREAM)
            .prepared(SilentFaults::standby);

    /** The same as {@link #UPLINK_SILENT} where two STUN servers answer over both uplinks. */
    public static final Fault UPLINK_SILENT_SERVERS = silent(
                    "uplink-silent-servers", "swallows everything; servers are reached over the second", BOTH)
            .prepared(SilentFaults::standbyAndServers);

    /** All of them, in the order of the reports. */
    public static final List<Fault> ALL =
            List.of(UPLINK_SILENT, UPLINK_SILENT_UPSTREAM, UPLINK_SILENT_DOWNSTREAM, UPLINK_SILENT_SERVERS);

    private SilentFaults() {}

    /**
     * The agent with the lab's servers, where the fault has any; when it has started, it has heard them.
     *
     * @param intervalSeconds between two questions to them
     */
    public static AgentRemedy told(AgentRemedy agent, Fault fault, int intervalSeconds) {
        boolean servers = List.of(UPLINK_SILENT_SERVERS.name(), UPLINK_SILENT_UPSTREAM.name())
                .contains(fault.name());
        return servers
                ? UpstreamFaults.told(agent, fault, intervalSeconds)
                : agent.configured("stun.servers = []\n", status -> true);
    }

    private static Fault silent(String name, String how, Topology.Direction direction) {
        return Fault.of(name, "the first uplink " + how + "; link, address and routes stay", net -> {
                    long cut = net.swallow(1, direction);
                    return Moments.of(cut, cut);
                })
                .after(TRAFFIC_BEFORE);
    }

    private static void standby(Topology net) {
        net.ip().settled("route append " + net.defaultRoute(2) + " metric 200");
    }

    private static void standbyAndServers(Topology net) {
        standby(net);
        net.internet().ip().settled("address add " + STUN_SERVERS.get(1) + "/32 dev lo");
        Coturn.start(net.belongings(), net.internet(), STUN_SERVERS);
    }
}
