package dev.reroam.tests.integration;

import dev.reroam.ledger.Entry;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.OperState;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.DeviceGone;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.WireGuardKind;
import dev.reroam.tunnel.wireguard.see.DeviceSettings;
import dev.reroam.tunnel.wireguard.see.DeviceWatch;
import dev.reroam.tunnel.wireguard.see.InnerTraffic;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the test runs in the guest: the whole of {@code see} and {@code act} against kernel WireGuard. Prints one fact a line. */
final class WireGuardKernelProgram {

    private static final int KEEPALIVE = 25;

    private final WireGuardRouter router;
    private final List<Observation> seen = new CopyOnWriteArrayList<>();
    private final DeviceWatch watch;

    private WireGuardKernelProgram() throws Exception {
        router = new WireGuardRouter(
                Plan.standard().withWireguard(WireGuardKind.KERNEL).withMark(0x51));
        watch = router.on(() -> {
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
            return made;
        });
    }

    public static void main(String[] arguments) throws Exception {
        var program = new WireGuardKernelProgram();
        try {
            program.router.shakeHands();
            program.tellsOfTheDevice();
            program.rehearses();
            program.refreshes();
            program.rebinds();
            program.leavesThePortAndComesBack();
            program.undoes();
            program.setsAnEndpoint();
            program.vanishes();
        } finally {
            program.router.close();
        }
        System.exit(0);
    }

    private void tellsOfTheDevice() throws Exception {
        links(link());
        var told = (DeviceSeen) seen.getLast();
        fact("kind", told.device().kind() == DeviceKind.KERNEL);
        fact("key", told.device().publicKey().equals(router.wg("public-key")));
        fact("port", told.device().listenPort() == Integer.parseInt(router.wg("listen-port")));
        fact("mark", told.device().mark() == 0x51);
        var peer = told.changedPeers().getFirst();
        fact("peer", peer.key().equals(router.wg("peers")));
        fact("endpoint", router.wg("endpoints").endsWith("\t" + peer.endpoint().orElseThrow()));
        long ago = Clock.system().monotonicNanos() - peer.handshakeAt();
        long shown = Long.parseLong(router.wg("latest-handshakes").split("\t", -1)[1]);
        long handshake = (Clock.system().realtimeNanos() - ago) / 1_000_000_000;
        fact("handshake", Math.abs(shown - handshake) <= 1);
        read();
        fact("differences_only", ((DeviceSeen) seen.getLast()).changedPeers().isEmpty());
    }

    private void rehearses() throws Exception {
        var before = router.wg("dump");
        var peer = new Action.PeerRefresh(router.wg("peers"), Optional.empty(), 0);
        var refresh = new Action.Refresh(0, router.facts(), List.of(peer));
        long start = Clock.system().monotonicNanos();
        fact(
                "rehearsal",
                router.outcome(then -> router.repair.rehearse(refresh, new Random(1), then))
                        .equals(new RepairOutcome.Done()));
        System.out.println("rehearsal_us=" + micros(start));
        fact("rehearsal_without_trace", before.equals(router.wg("dump")));
    }

    private void refreshes() throws Exception {
        for (int keepalive : new int[] {KEEPALIVE, 0}) {
            router.net
                    .router()
                    .run(
                            "wg",
                            "set",
                            router.device(),
                            "peer",
                            router.wg("peers"),
                            "persistent-keepalive",
                            "" + keepalive);
            router.shakeHands();
            // The far peer's own timers have answered; what comes now is ours.
            var before = settings();
            long received = router.farReceived();
            var facts = router.facts();
            var nudge = new Action.PeerRefresh(router.wg("peers"), Optional.empty(), keepalive);
            long start = Clock.system().monotonicNanos();
            var outcome = router.perform(new Action.Refresh(1, facts, List.of(nudge)));
            System.out.println("refresh_us=" + micros(start));
            fact("refresh_" + keepalive, outcome.equals(new RepairOutcome.Done()));
            fact("arrives_" + keepalive, router.awaitFarReceived(received + 32) == received + 32);
            fact("as_it_was_" + keepalive, before.equals(settings()));
        }
        // The brain's mark is old: somebody has set another one since. What a refresh has read is good for 200 ms.
        var stale = router.facts();
        router.net.router().run("wg", "set", router.device(), "fwmark", "0x99");
        router.net.router().run("sleep", "0.3");
        fact(
                "refresh_without_peers",
                router.perform(new Action.Refresh(1, stale, List.of())).equals(new RepairOutcome.Done()));
        fact("leaves_the_mark", router.wg("fwmark").equals("0x99"));
        fact("no_ledger", router.remembered.isEmpty());
    }

    private void rebinds() throws Exception {
        var port = router.wg("listen-port");
        var sockets = router.sockets();
        fact("rebind", router.perform(new Action.Rebind(1, router.facts())).equals(new RepairOutcome.Done()));
        fact("same_port", port.equals(router.wg("listen-port")));
        fact("other_sockets", !sockets.equals(router.sockets()));
        fact("written_down", router.remembered.getLast() instanceof Entry.RebindInProgress);
        fact("struck_out", router.forgotten.getLast().equals(router.remembered.getLast()));
        router.shakeHands();
    }

    private void leavesThePortAndComesBack() throws Exception {
        int former = Integer.parseInt(router.wg("listen-port"));
        var outcome = router.perform(new Action.NewPort(1, router.facts()));
        fact("new_port", outcome.equals(new RepairOutcome.PortChanged(Integer.parseInt(router.wg("listen-port")))));
        fact("other_port", Integer.parseInt(router.wg("listen-port")) != former);
        router.shakeHands();
        outcome = router.perform(new Action.RestorePort(1, router.facts(), former));
        fact(
                "restored",
                outcome.equals(new RepairOutcome.Done())
                        && router.wg("listen-port").equals("" + former));
        router.shakeHands();
    }

    private void undoes() throws Exception {
        var former = router.wg("listen-port");
        router.perform(new Action.NewPort(1, router.facts()));
        var entry = router.remembered.get(router.remembered.size() - 2);
        var outcome = router.outcome(then -> router.repair.undo(router.facts(), entry, then));
        fact(
                "undone",
                outcome.equals(new RepairOutcome.Done())
                        && router.wg("listen-port").equals(former));
    }

    private void setsAnEndpoint() throws Exception {
        String key = router.wg("peers");
        var here = Endpoint.parse(router.wg("endpoints").split("\t", -1)[1]);
        for (var there : List.of(Endpoint.parse("192.0.2.9:9"), Endpoint.parse("[2001:db8::9]:9"))) {
            var away = router.perform(new Action.SetEndpoint(1, router.facts(), key, here, there));
            fact(
                    "endpoint_" + there.address().family(),
                    away.equals(new RepairOutcome.Done())
                            && router.wg("endpoints").endsWith("\t" + there));
            var late = router.perform(new Action.SetEndpoint(1, router.facts(), key, here, there));
            var back = router.perform(new Action.SetEndpoint(1, router.facts(), key, there, here));
            fact("stays_" + there.address().family(), late.equals(new RepairOutcome.NotWanted()));
            fact("back_" + there.address().family(), back.equals(new RepairOutcome.Done()));
        }
        router.shakeHands();
    }

    private void vanishes() throws Exception {
        var facts = router.facts();
        var peer = new Action.PeerRefresh(router.wg("peers"), Optional.empty(), KEEPALIVE);
        router.net.router().run("wg", "set", router.device(), "peer", router.wg("peers"), "remove");
        // Longer than a reading stays fresh.
        router.net.router().run("sleep", "0.3");
        fact(
                "peer_vanished",
                router.perform(new Action.Refresh(1, facts, List.of(peer))).equals(new RepairOutcome.Vanished()));
        fact("stays_away", router.wg("peers").isEmpty());
        router.net.router().run("ip", "link", "delete", "dev", router.device());
        fact("device_vanished", router.perform(new Action.Rebind(1, facts)).equals(new RepairOutcome.Vanished()));
        read();
        fact("gone", seen.getLast() instanceof DeviceGone);
    }

    private List<String> settings() {
        var settings = new ArrayList<String>();
        for (var what : List.of("persistent-keepalive", "endpoints", "listen-port", "fwmark", "allowed-ips")) {
            settings.add(router.wg(what));
        }
        return settings;
    }

    private void links(Link... links) throws Exception {
        router.on(() -> {
            watch.onLinks(List.of(links));
            return true;
        });
    }

    private void read() throws Exception {
        router.on(() -> {
            watch.read(router.device());
            return true;
        });
    }

    private Link link() {
        return new Link(
                router.interfaceIndex(),
                router.device(),
                1,
                OperState.UP,
                65534,
                "wireguard",
                1420,
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    private static long micros(long since) {
        return (Clock.system().monotonicNanos() - since) / 1000;
    }

    private static void fact(String name, boolean holds) {
        System.out.println(name + "=" + holds);
    }
}
