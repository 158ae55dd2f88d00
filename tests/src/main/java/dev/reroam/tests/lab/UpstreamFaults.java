package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Topology.Direction.BOTH;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.MiniUpnpd.Speech;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * Faults of the router in front of a box, a NAS for one: the first uplink dies unseen and the router uses the second. The box
 * sees no link, address or route change. They need a remedy that knows the lab's STUN server: {@link #told}.
 */
public final class UpstreamFaults {

    // On both uplinks' way, and none of them an address of an ISP's.
    private static final List<String> STUN_SERVERS = List.of("11.0.9.1", "11.0.8.1");
    private static final String TRAFFIC_EVERY_SECONDS = "0.1";

    /** Its gateway is started anew for the second uplink, as a router's scripts do, and says so. */
    public static final Fault ROUTER_ANNOUNCES = Fault.of(
                    "router-announces",
                    "the router in front fails over and its gateway announces itself; only the far peer sends",
                    net -> {
                        var moments = failOver(net);
                        var gateway = MiniUpnpd.running(net.belongings(), net.router());
                        gateway.kill();
                        gateway.flush();
                        gateway.startAgainAt(net.uplink(2).device());
                        return moments;
                    })
            .planned(Plan::withTunnelBehindRouter)
            .prepared(net -> {
                askable(net);
                MiniUpnpd.start(
                        net.belongings(), net.router(), "lan", net.uplink(1).device(), EnumSet.allOf(Speech.class));
            });

    /** Whoever sends nothing does not move the router's own memory either. */
    public static final Fault ROUTER_FAILS_OVER = silent("router-fails-over", "only the far peer sends")
            .planned(Plan::withTunnelBehindRouter)
            .prepared(UpstreamFaults::askable);

    /** Linux masquerades: the first packet of a flow is lost, and the next one is translated anew. */
    public static final Fault ROUTER_FAILS_OVER_BUSY = silent("router-fails-over-busy", "both sides send")
            .planned(Plan::withTunnelBehindRouter)
            .prepared(UpstreamFaults::askableAndBusy);

    /** As every NAT that only looks at what it remembers: a flow keeps the address that no longer works. */
    public static final Fault ROUTER_KEEPS_MAPPINGS = silent(
                    "router-keeps-mappings", "both sides send, and the router translates old flows as before")
            .planned(plan -> plan.withTunnelBehindRouter().withOwnTranslation(OwnTranslation.SNAT))
            .prepared(UpstreamFaults::askableAndBusy);

    /** All of them, in the order of the reports. */
    public static final List<Fault> ALL =
            List.of(ROUTER_ANNOUNCES, ROUTER_FAILS_OVER, ROUTER_FAILS_OVER_BUSY, ROUTER_KEEPS_MAPPINGS);

    private UpstreamFaults() {}

    private static Fault silent(String name, String more) {
        return Fault.of(name, "the router in front fails over and says nothing; " + more, UpstreamFaults::failOver);
    }

    /**
     * The agent with the lab's STUN servers; when it has started it has looked at its uplink, and is mapped where somebody
     * maps.
     *
     * @param intervalSeconds between two questions to them
     */
    public static AgentRemedy told(AgentRemedy agent, Fault fault, int intervalSeconds) {
        boolean mapped = fault.name().equals(ROUTER_ANNOUNCES.name());
        return agent.configured(
                Template.fill(
                        "stun.servers = [\"%s\"]\nstun.interval_seconds = %d\n",
                        String.join("\", \"", STUN_SERVERS), intervalSeconds),
                status -> uplinks(status).stream()
                        .anyMatch(uplink -> !uplink.get("public_address").isJsonNull()
                                && (!mapped
                                        || !uplink.getAsJsonArray("mappings").isEmpty())));
    }

    private static List<JsonObject> uplinks(JsonObject status) {
        return StreamSupport.stream(status.getAsJsonArray("uplinks").spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .toList();
    }

    private static Moments failOver(Topology net) {
        long cut = net.swallow(1, BOTH);
        var route = "route replace " + net.uplink(2).defaultRoute(IpFamily.V4);
        return Moments.of(cut, net.router().ip().request(route));
    }

    private static void askable(Topology net) {
        // A standby uplink has a neighbour: whatever watches it asks its gateway now and then. Without one, the router
        // would ask for it in the name of the address that no longer works, and not be answered.
        net.router().run("ping", "-c", "1", "-W", "2", net.uplink(2).gateway(IpFamily.V4));
        net.internet().ip().settled("address add " + STUN_SERVERS.get(1) + "/32 dev lo");
        Coturn.start(net.belongings(), net.internet(), STUN_SERVERS);
    }

    private static void askableAndBusy(Topology net) {
        askable(net);
        net.near().start("ping", "-q", "-i", TRAFFIC_EVERY_SECONDS, net.tunnel().farInner());
    }
}
