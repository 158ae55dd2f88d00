package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.flow.FlowForgetter;
import dev.reroam.flow.FlowOutcome;
import dev.reroam.flow.FlowTable;
import dev.reroam.flow.ForgetRequest;
import dev.reroam.flow.OwnAddress;
import dev.reroam.flow.StaleFlow;
import dev.reroam.flow.Staleness;
import dev.reroam.flow.TunnelEnds;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.PathQuestion;
import dev.reroam.linux.route.RouteAnswer;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tests.lab.CommandFailedException;
import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.OwnTranslation;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology.Direction;
import dev.reroam.tests.lab.WireGuardKind;
import dev.reroam.uplink.Uplink;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A tunnel with an entry of connection tracking that its own retries keep alive, and how it is healed; held against {@code
 * conntrack}. Each scenario makes its own network and removes it.
 */
final class StuckFlows {

    private static final String LAN = "192.168.77.1";
    private static final String LAN_HOST = "192.168.77.10";

    private final WireGuardRouter router;

    private StuckFlows(Plan plan) throws Exception {
        // The tunnel is quiet, but for what is sent here.
        router = new WireGuardRouter(plan.withKeepalive(0));
    }

    /** Something that fails where it is not as it should be. */
    private interface Scenario {
        void play(StuckFlows flows) throws Exception;
    }

    private static void play(Plan plan, Scenario scenario) throws Exception {
        var flows = new StuckFlows(plan);
        try {
            scenario.play(flows);
        } finally {
            flows.router.close();
        }
    }

    /**
     * The router sends from its LAN address, whichever way; each uplink has its SNAT rule. So a new source is the old one,
     * the tuple stays the same, and the entry goes on translating to the address of the dead uplink.
     */
    static void boundToADeadUplink(WireGuardKind kind) throws Exception {
        play(Plan.standard().withWireguard(kind).withOwnTranslation(OwnTranslation.SNAT), StuckFlows::deadUplink);
    }

    /** tailscale#20910: the port was somebody else's when the flow began; the far side lets in no other. */
    static void rewrittenPort(WireGuardKind kind) throws Exception {
        play(Plan.standard().withWireguard(kind), StuckFlows::takenPort);
    }

    /** Nothing is wrong. */
    static void healthy(WireGuardKind kind, IpFamily outer) throws Exception {
        play(Plan.standard().withWireguard(kind).withOuter(outer), StuckFlows::nothingWrong);
    }

    private void deadUplink() throws Exception {
        router.shakeHands();
        sendFromTheLanAddressOver(1);
        // Its address and port are what the next flow is to be translated to.
        router.net.router().run("conntrack", "-D", "-p", "udp", "--orig-port-src", port());
        refresh();
        router.shakeHands();
        makeForeignFlows();
        router.net.swallow(1, Direction.BOTH);
        sendFromTheLanAddressOver(2);
        for (int i = 0; i < 2; i++) {
            refresh();
            assertFalse(isAnswered(), "a refresh alone does not heal");
        }
        var stuck = tunnelsFlow(LAN);
        assertTrue(stuck.contains(answersTo(address(1))), stuck);

        var before = flows();
        var forgotten = assertInstanceOf(FlowOutcome.Forgotten.class, forget(way(2)));
        var after = flows();
        assertEquals(
                List.of(Staleness.OTHER_UPLINK),
                forgotten.flows().stream().map(StaleFlow::why).toList());
        assertTrue(stuck.endsWith(id(forgotten)), stuck);
        assertOnlyTheTunnelsOwnIsGone(before, after, LAN, id(forgotten));

        refresh();
        router.shakeHands();
        assertTrue(tunnelsFlow(LAN).contains(answersTo(address(2))));
        assertEquals(new FlowOutcome.NothingStale(1), forget(way(2)));
    }

    private void takenPort() throws Exception {
        router.net
                .uplink(1)
                .isp()
                .run("iptables", "-I", "FORWARD", "-i", "cable", "-p", "udp", "!", "--sport", port(), "-j", "DROP");
        router.shakeHands();
        router.net.router().run("conntrack", "-D", "-p", "udp", "--orig-port-src", port());
        sendFromTheLanHost();
        assertFalse(isAnswered());
        var stuck = tunnelsFlow(address(1));
        assertTrue(stuck.contains("UNREPLIED") && !stuck.contains(answersTo(address(1))), stuck);
        // The other one is over; ours is not, for we go on trying.
        router.net.router().run("conntrack", "-D", "-p", "udp", "--orig-src", LAN_HOST);
        makeForeignFlows();
        refresh();
        assertFalse(isAnswered(), "a refresh alone does not heal");

        var before = flows();
        var forgotten = assertInstanceOf(FlowOutcome.Forgotten.class, forget(way(1)));
        var after = flows();
        assertEquals(
                List.of(Staleness.PORT_REWRITTEN),
                forgotten.flows().stream().map(StaleFlow::why).toList());
        assertTrue(stuck.endsWith(id(forgotten)), stuck);
        assertOnlyTheTunnelsOwnIsGone(before, after, address(1), id(forgotten));

        refresh();
        router.shakeHands();
    }

    private void nothingWrong() throws Exception {
        router.shakeHands();
        makeForeignFlows();
        var before = flows();
        assertEquals(new FlowOutcome.NothingStale(1), forget(way(1)));
        assertEquals(String.join("\n", before), String.join("\n", flows()));
    }

    private String address(int uplink) {
        return router.net.uplink(uplink).address(IpFamily.V4);
    }

    private String port() {
        return Integer.toString(router.net.tunnel().routerPort());
    }

    private void sendFromTheLanAddressOver(int number) {
        var uplink = router.net.uplink(number);
        router.net
                .router()
                .script("ip route replace default via " + uplink.gateway(IpFamily.V4) + " dev " + uplink.device()
                        + " src " + LAN);
    }

    /** What differs from the tunnel's flow in one thing each, and one that is forwarded with the very ports. */
    private void makeForeignFlows() {
        var far = peer().address();
        boolean v4 = far.family() == IpFamily.V4;
        String own = v4 ? LAN : "fd77::1";
        String host = v4 ? LAN_HOST : "fd77::10";
        String otherPeer = v4 ? "11.0.9.8" : "2a0f:9::8";
        String translated = v4 ? " --src-nat " + address(1) : "";
        var script = new StringBuilder();
        for (var words : List.of(
                udp(host, far, port(), port()) + (v4 ? translated + ":1025" : ""),
                udp(own, far, port(), "51821") + translated,
                udp(own, far, "51821", port()) + translated,
                udp(own, otherPeer, port(), port()) + translated,
                udp(far, host + "1", port(), port()),
                udp(own, far, port(), port()).replace("-p udp", "-p tcp --state ESTABLISHED") + translated,
                v4 ? udp("2a0e:1::2", "2a0f:9::9", port(), port()) : udp(LAN, "11.0.9.9", port(), port()))) {
            script.append("conntrack -I --timeout 1000 ").append(words).append('\n');
        }
        router.net.router().script(script.toString());
    }

    private static String udp(Object source, Object destination, String sourcePort, String destinationPort) {
        return "-p udp -s " + source + " -d " + destination + " --sport " + sourcePort + " --dport " + destinationPort;
    }

    /** Its entry at the router gets the uplink's address and the very port. */
    private void sendFromTheLanHost() {
        var far = router.net.tunnel().farEndpoint();
        int sent = Inside.of(router.net.host(), () -> {
            try (var socket = DatagramChannel.open().bind(new InetSocketAddress(Integer.parseInt(port())))) {
                return socket.send(
                        ByteBuffer.allocate(1),
                        new InetSocketAddress(far.address().toString(), far.port()));
            }
        });
        assertEquals(1, sent);
        var others = router.net.router().run("conntrack", "-L", "-p", "udp", "--orig-src", LAN_HOST);
        assertTrue(others.contains(answersTo(address(1))), others);
    }

    private void refresh() throws Exception {
        var peer = new Action.PeerRefresh(
                router.wg("peers"),
                Optional.of(router.net.tunnel().farEndpoint()),
                router.net.plan().keepalive());
        assertEquals(new RepairOutcome.Done(), router.perform(new Action.Refresh(1, router.facts(), List.of(peer))));
    }

    private boolean isAnswered() {
        try {
            router.net
                    .router()
                    .run(
                            "ping",
                            "-c",
                            "3",
                            "-i",
                            "0.3",
                            "-W",
                            "1",
                            router.net.tunnel().farInner());
            return true;
        } catch (CommandFailedException silent) {
            return false;
        }
    }

    private Uplink way(int number) throws Exception {
        var uplink = router.net.uplink(number);
        return router.on(() -> {
            try (var routes = RouteSocket.open()) {
                var question = PathQuestion.udp(peer(), 0, router.net.tunnel().routerPort(), 0);
                var answer = assertInstanceOf(RouteAnswer.Reachable.class, routes.path(question));
                assertEquals(routes.link(uplink.device()).orElseThrow().index(), answer.link());
                return new Uplink(
                        answer.link(),
                        uplink.device(),
                        answer.gateway(),
                        answer.source().orElseThrow());
            }
        });
    }

    private FlowOutcome forget(Uplink path) throws Exception {
        var outcome = new CompletableFuture<FlowOutcome>();
        router.on(() -> {
            try (var routes = RouteSocket.open()) {
                var request = new ForgetRequest(
                        new TunnelEnds(Set.of(router.net.tunnel().routerPort()), peer()),
                        path,
                        List.of(path),
                        OwnAddress.of(routes.addresses(), routes.links()));
                new FlowForgetter(router.loop(), Clock.system(), FlowTable.kernel())
                        .forget(request, () -> true, outcome::complete);
                return true;
            }
        });
        return outcome.get(10, TimeUnit.SECONDS);
    }

    private Endpoint peer() {
        return router.net.tunnel().farEndpoint();
    }

    private static String id(FlowOutcome.Forgotten forgotten) {
        return "id="
                + Integer.toUnsignedString(forgotten.flows().getFirst().flow().id());
    }

    /** Everything but the echoes through the tunnel, without what passes by itself. */
    private List<String> flows() {
        return router.net
                .router()
                .script("""
                        conntrack -L -p udp -o extended,id
                        conntrack -L -p tcp -o extended,id
                        conntrack -L -f ipv6 -p udp -o extended,id
                        """)
                .lines()
                .map(line -> line.replaceAll(" \\d+ (?=src=|ESTABLISHED)", " "))
                .distinct()
                .sorted()
                .toList();
    }

    private String tunnelsFlow(String source) {
        var own = flows().stream().filter(line -> isTunnels(line, source)).toList();
        assertEquals(1, own.size(), () -> "" + own);
        return own.getFirst();
    }

    /** What an entry says of the answers where its source became this address and the port stayed. */
    private String answersTo(String address) {
        return " dst=" + address + " sport=" + peer().port() + " dport=" + port() + " ";
    }

    private boolean isTunnels(String line, String source) {
        return line.contains(" udp ")
                && line.contains(" src=" + source + " dst=" + peer().address() + " sport=" + port() + " dport="
                        + peer().port() + " ");
    }

    /** The tunnel may have begun its next flow already. */
    private void assertOnlyTheTunnelsOwnIsGone(List<String> before, List<String> after, String source, String id) {
        var left = new ArrayList<>(before);
        assertTrue(left.removeIf(line -> line.endsWith(id)));
        assertEquals(
                String.join("\n", left),
                String.join(
                        "\n",
                        after.stream().filter(line -> !isTunnels(line, source)).toList()));
        assertEquals(before.size() - 1, left.size());
        assertFalse(after.stream().anyMatch(line -> line.endsWith(id)), () -> "" + after);
    }
}
