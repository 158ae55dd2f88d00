package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.ledger.Entry;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardNudge;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.DeviceGone;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tunnel.wireguard.UapiAnswer;
import dev.reroam.tunnel.wireguard.UapiOwner.Residence;
import dev.reroam.tunnel.wireguard.UapiRequest;
import dev.reroam.tunnel.wireguard.see.DeviceSettings;
import dev.reroam.tunnel.wireguard.see.DeviceWatch;
import dev.reroam.tunnel.wireguard.see.InnerTraffic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code see} and {@code act} say and do, held against wireguard-go and {@code wg}. */
@Tag("bed1")
class WireGuardUserspaceTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private WireGuardRouter router;

    @AfterEach
    void removeTheNetwork() throws Exception {
        router.close();
    }

    @Test
    void readsWhatWgShows() throws Exception {
        router = new WireGuardRouter(Plan.standard().withMark(0x51));
        var shown = router.wg("dump");
        var told = read();
        // A keepalive in between changes the counters: then again.
        for (int i = 0; i < 5 && !shown.equals(router.wg("dump")); i++) {
            shown = router.wg("dump");
            told = read();
        }
        var lines = shown.lines().toList();
        var device = lines.getFirst().split("\t", -1);
        assertEquals(device[1], told.publicKey().orElseThrow().base64());
        assertEquals(device[2], Integer.toString(told.listenPort()));
        assertEquals("0x51", device[3]);
        assertEquals(0x51, told.mark());
        assertEquals(
                lines.subList(1, lines.size()).stream()
                        // Without the preshared key, which has no place in our records.
                        .map(line -> line.replaceFirst("\t[^\t]*", ""))
                        .toList(),
                told.peers().stream().map(WireGuardUserspaceTest::dumpLine).toList());
    }

    @ParameterizedTest
    @ValueSource(ints = {25, 0})
    void refreshReachesTheFarPeerAndLeavesEverythingAsItWas(int keepalive) throws Exception {
        router = new WireGuardRouter(Plan.standard().withKeepalive(keepalive));
        router.shakeHands();
        var peer = read().peers().getFirst();
        var before = List.of(router.wg("persistent-keepalive"), router.wg("endpoints"), router.wg("listen-port"));
        long received = router.farReceived();
        var nudge = new Action.PeerRefresh(peer.publicKey().base64(), peer.endpoint(), keepalive);
        assertEquals(new RepairOutcome.Done(), router.perform(new Action.Refresh(1, router.facts(), List.of(nudge))));
        // WireGuard's empty packet, on the first try: nothing else is sent meanwhile.
        assertEquals(received + 32, router.awaitFarReceived(received + 32));
        assertEquals(
                before, List.of(router.wg("persistent-keepalive"), router.wg("endpoints"), router.wg("listen-port")));
        assertTrue(router.remembered.isEmpty());
    }

    @Test
    void rehearsalLeavesNoTrace() throws Exception {
        router = new WireGuardRouter(Plan.standard().withKeepalive(0));
        router.shakeHands();
        var before = router.wg("dump");
        var peer = new Action.PeerRefresh(router.wg("peers"), Optional.empty(), 0);
        var refresh = new Action.Refresh(0, router.facts(), List.of(peer));
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    new RepairOutcome.Done(),
                    router.outcome(then -> router.repair.rehearse(refresh, new Random(1), then)));
        }
        assertEquals(before, router.wg("dump"));
    }

    @Tag("slow")
    @Test
    void refreshesAThousandPeersInPiecesAndLeavesThemAsTheyWere() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        var peers = new StringBuilder();
        var random = new Random(1000);
        for (int i = 0; i < 1000; i++) {
            var key = new WireGuardKey(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
            // Discarded by the router itself: nothing leaves for addresses that are nobody's.
            peers.append(
                    "[Peer]\nPublicKey=%s\nEndpoint=192.0.2.1:%d\nAllowedIPs=10.77.%d.%d/32\nPersistentKeepalive=%d\n"
                            .formatted(key, 1000 + i, i / 256, i % 256, i % 3 * 10));
        }
        router.net.router().run("ip", "route", "add", "blackhole", "192.0.2.0/24");
        router.net
                .router()
                .command("wg", "addconf", router.device(), "/dev/stdin")
                .withInput(peers.toString())
                .run();
        var before = List.of(sorted("persistent-keepalive"), sorted("endpoints"), sorted("allowed-ips"));
        var nudges = read().peers().stream()
                .map(peer ->
                        new Action.PeerRefresh(peer.publicKey().base64(), peer.endpoint(), peer.keepaliveSeconds()))
                .toList();
        assertEquals(1001, nudges.size());
        assertEquals(new RepairOutcome.Done(), router.perform(new Action.Refresh(1, router.facts(), nudges)));
        assertEquals(before, List.of(sorted("persistent-keepalive"), sorted("endpoints"), sorted("allowed-ips")));
    }

    @Test
    void rebindOpensAnotherSocketOnTheSamePort() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        var port = router.wg("listen-port");
        var before = router.sockets();
        assertEquals(new RepairOutcome.Done(), router.perform(new Action.Rebind(1, router.facts())));
        assertEquals(port, router.wg("listen-port"));
        assertNotEquals(before, router.sockets());
        assertTrue(router.remembered.isEmpty());
    }

    @Test
    void newPortIsAnotherOneAndTheFormerComesBack() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        var former = router.wg("listen-port");
        var changed = assertInstanceOf(
                RepairOutcome.PortChanged.class, router.perform(new Action.NewPort(1, router.facts())));
        assertEquals(router.wg("listen-port"), Integer.toString(changed.port()));
        assertNotEquals(former, router.wg("listen-port"));
        var entry = assertInstanceOf(Entry.PortChanged.class, router.remembered.getLast());
        assertEquals(OptionalInt.of(changed.port()), entry.newPort());
        assertEquals(
                new RepairOutcome.Done(),
                router.perform(new Action.RestorePort(2, router.facts(), Integer.parseInt(former))));
        assertEquals(former, router.wg("listen-port"));
        assertTrue(entry.sameChange(router.forgotten.getLast()));
    }

    @Test
    void setsAnEndpointUnlessThePeerIsElsewhereByNow() throws Exception {
        router = new WireGuardRouter(Plan.standard().withKeepalive(0));
        router.shakeHands();
        String key = router.wg("peers");
        var here = read().peers().getFirst().endpoint().orElseThrow();
        var there = Endpoint.parse("[2001:db8::9]:9");
        assertEquals(
                new RepairOutcome.Done(), router.perform(new Action.SetEndpoint(1, router.facts(), key, here, there)));
        assertTrue(router.wg("endpoints").endsWith("\t" + there), router.wg("endpoints"));
        assertEquals(
                new RepairOutcome.NotWanted(),
                router.perform(new Action.SetEndpoint(2, router.facts(), key, here, there)));
        assertEquals(
                new RepairOutcome.Done(), router.perform(new Action.SetEndpoint(3, router.facts(), key, there, here)));
        assertTrue(router.remembered.isEmpty());
        router.shakeHands();
    }

    @Test
    void undoesWhatACrashLeftBehind() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        var former = router.wg("listen-port");
        router.perform(new Action.NewPort(1, router.facts()));
        // What the ledger held before the new port was known: killed in between.
        var entry = router.remembered.getFirst();
        assertEquals(new RepairOutcome.Done(), router.outcome(then -> router.repair.undo(router.facts(), entry, then)));
        assertEquals(former, router.wg("listen-port"));
    }

    @Test
    void aPeerThatIsGoneIsNotBroughtBack() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        var peer = read().peers().getFirst();
        var facts = router.facts();
        router.net
                .router()
                .run("wg", "set", router.device(), "peer", peer.publicKey().base64(), "remove");
        var nudge = new Action.PeerRefresh(peer.publicKey().base64(), peer.endpoint(), 25);
        assertEquals(new RepairOutcome.Vanished(), router.perform(new Action.Refresh(1, facts, List.of(nudge))));
        // Even where it goes between our reading and our writing.
        var late = new WireGuardNudge(peer.publicKey(), peer.endpoint(), 25);
        var answer = new CompletableFuture<UapiAnswer>();
        router.on(() -> {
            router.uapi
                    .of(router.device())
                    .orElseThrow()
                    .change(UapiRequest.nudge(List.of(late)).getFirst(), answer::complete);
            return true;
        });
        assertEquals(new UapiAnswer.Accepted(), answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals("", router.wg("peers"));
    }

    @Test
    void leavesADaemonOfAnotherNamespaceAlone() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        // Its socket is in the folder that all namespaces share.
        assertEquals(new UapiAnswer.Elsewhere(), answer(router.net.tunnel().farDevice()));
    }

    @Test
    void changesADaemonWhoseStarterIsGone() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        var device = router.device() + "d";
        // In the background, as wg-quick starts it: the process that called listen(2) ends at once.
        router.net.router().run("wireguard-go", device);
        var told = assertInstanceOf(UapiAnswer.Told.class, answer(device));
        assertEquals(Optional.empty(), told.notChangeable());
        var owner = router.on(() -> router.uapi.of(device).orElseThrow().owner().orElseThrow());
        assertEquals(Residence.HERE, owner.residence());
        assertEquals("", owner.program());
        router.net.router().run("ip", "link", "delete", "dev", device);
    }

    @Test
    void followsADeviceFromItsLinkToItsEnd() throws Exception {
        router = new WireGuardRouter(Plan.standard());
        router.shakeHands();
        var seen = new LinkedBlockingQueue<Observation>();
        var watch = router.on(() -> {
            var made = new DeviceWatch(new DeviceWatch.Outside(
                    router.descriptors(),
                    router.loop(),
                    Runnable::run,
                    Clock.system(),
                    router.uapi,
                    router.kernel,
                    DeviceWatch.SOCKET_FOLDERS,
                    Path.of("/"),
                    name -> DeviceSettings.NONE,
                    InnerTraffic.of(router.descriptors()),
                    seen::add));
            made.start();
            made.onLinks(List.of(link(router.interfaceIndex(), router.device())));
            return made;
        });
        var device = next(seen, DeviceSeen.class);
        assertEquals(DeviceKind.USERSPACE, device.device().kind());
        assertEquals(router.wg("public-key"), device.device().publicKey());
        long shown = Long.parseLong(router.wg("latest-handshakes").split("\t", -1)[1]);
        assertEquals(shown, handshakeSeconds(device), 1);
        // The daemon takes its socket away when its interface is deleted.
        router.net.router().run("ip", "link", "delete", "dev", router.device());
        assertEquals(router.device(), next(seen, DeviceGone.class).device());
        router.on(() -> {
            watch.close();
            return true;
        });
    }

    /** The brain's moment of the handshake, back on the wall clock: seconds since 1970. */
    private static long handshakeSeconds(DeviceSeen device) {
        var clock = Clock.system();
        long ago = clock.monotonicNanos() - device.changedPeers().getFirst().handshakeAt();
        return (clock.realtimeNanos() - ago) / 1_000_000_000;
    }

    private static <T extends Observation> T next(BlockingQueue<Observation> seen, Class<T> kind)
            throws InterruptedException {
        return assertInstanceOf(kind, seen.poll(LIMIT.toSeconds(), TimeUnit.SECONDS));
    }

    private WireGuardDevice read() throws Exception {
        var told = assertInstanceOf(UapiAnswer.Told.class, answer(router.device()));
        assertEquals(Optional.empty(), told.notChangeable());
        return told.device();
    }

    private UapiAnswer answer(String device) throws Exception {
        var answer = new CompletableFuture<UapiAnswer>();
        var index = router.interfaceIndex();
        router.on(() -> {
            router.uapi.open(device, "/var/run/wireguard/" + device + ".sock").read(index, answer::complete);
            return true;
        });
        return answer.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    /** {@code wg show} without its order: wireguard-go tells peers in another one each time. */
    private List<String> sorted(String what) {
        return router.wg(what).lines().sorted().toList();
    }

    private static String dumpLine(WireGuardPeer peer) {
        return String.join(
                "\t",
                peer.publicKey().base64(),
                peer.endpoint().map(Object::toString).orElse("(none)"),
                peer.allowedIps().stream().map(Object::toString).collect(Collectors.joining(",")),
                Long.toString(peer.handshakeSeconds()),
                Long.toString(peer.receivedBytes()),
                Long.toString(peer.sentBytes()),
                peer.keepaliveSeconds() == 0 ? "off" : Integer.toString(peer.keepaliveSeconds()));
    }

    private static Link link(int index, String name) {
        return new Link(
                index,
                name,
                1,
                OperState.UP,
                65534,
                "tun",
                1420,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }
}
