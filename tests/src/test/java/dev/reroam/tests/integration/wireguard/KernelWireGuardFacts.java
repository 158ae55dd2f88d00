package dev.reroam.tests.integration.wireguard;

import static dev.reroam.tests.integration.wireguard.RouterAndFar.defaultVia;
import static dev.reroam.tests.integration.wireguard.RouterAndFar.farSees;
import static dev.reroam.tests.integration.wireguard.RouterAndFar.in;
import static dev.reroam.tests.integration.wireguard.RouterAndFar.ping;
import static dev.reroam.tests.integration.wireguard.RouterAndFar.sockets;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.linux.wireguard.KernelWireGuard;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardNudge;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.tests.lab.Command;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.MemorySearch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The program that the test runs in the guest: it reads and changes kernel WireGuard and writes down what came of it. */
final class KernelWireGuardFacts {

    private static final long NANOS_PER_MICRO = 1000;
    private static final long PATIENCE_NANOS = 3_000_000_000L;
    private static final int NO_SUCH_INTERFACE = 99_999;
    private static final int PORT = 51820;

    private final Clock clock = Clock.system();
    private final Path facts;
    private final Random random = new Random(1);
    private final RouteSocket route;
    private final KernelWireGuard router;
    private final KernelWireGuard far;
    private final int wg0;
    // 0 and null until there is such a device.
    private int many;
    private @Nullable Process deletion;
    private final int[] farDevices;

    private KernelWireGuardFacts(Path facts) throws Exception {
        this.facts = facts;
        this.route = in("router", RouteSocket::open);
        this.router = in("router", KernelWireGuard::open).orElseThrow();
        this.far = in("far", KernelWireGuard::open).orElseThrow();
        this.wg0 = index("wg0");
        try (var farRoute = in("far", RouteSocket::open)) {
            this.farDevices = farRoute.links().stream()
                    .filter(link -> link.kind().equals("wireguard"))
                    .sorted(Comparator.comparing(Link::name))
                    .mapToInt(Link::index)
                    .toArray();
        }
    }

    /** Arguments: the script that makes the network, the file to leave the facts in. */
    public static void main(String[] arguments) throws Exception {
        Command.of("sh", arguments[0]).run();
        new KernelWireGuardFacts(Path.of(arguments[1])).tell();
    }

    private void tell() throws Exception {
        for (int i = 1; i <= 4; i++) {
            ping(i);
        }
        readsWhatWgShows();
        readsManyPeers();
        sticksToItsSourceUntilRefreshed();
        leavesADeletedPeerAway();
        reopensItsSocketsOnTheSamePort();
        refuses();
        keepsNoSecret();
        seesTheModuleGo();
    }

    private void readsWhatWgShows() throws Exception {
        fact("small_same", sameAsShown("wg0"));
        fact(
                "far_same",
                WgShow.same(
                        WgShow.dump("far", "wg1"),
                        WgShow.text(far.read(farDevices[0]).orElseThrow())));
        fact("small_peers", read(wg0).peers().size());
        var first = read(wg0);
        fact(
                "unchanged_peer_is_the_same_object",
                first.peers().get(3) == read(wg0).peers().get(3));
        fact("read_other_kind", router.read(index("r1")));
        fact("read_absent", router.read(NO_SUCH_INTERFACE));
    }

    private void readsManyPeers() throws Exception {
        Command.of("ip", "-n", "router", "link", "add", "wgmany", "type", "wireguard")
                .run();
        Command.of("ip", "netns", "exec", "router", "wg", "setconf", "wgmany", "/proc/self/fd/0")
                .withInput(ManyPeers.configuration(random))
                .run();
        many = index("wgmany");
        long[] took = new long[11];
        for (int i = 0; i < took.length; i++) {
            long start = clock.monotonicNanos();
            read(many);
            took[i] = microsSince(start);
        }
        fact("read_1000_first_us", took[0]);
        Arrays.sort(took);
        fact("read_1000_median_us", took[took.length / 2]);
        var device = read(many);
        fact("many_peers", device.peers().size());
        fact("widest_peer", device.peers().get(ManyPeers.WIDE).allowedIps().size());
        fact("unchanged_device_is_the_same_object", device == read(many));
        var nudges = device.peers().stream().map(KernelWireGuardFacts::nudge).toList();
        long start = clock.monotonicNanos();
        router.refresh(many, device.mark(), nudges);
        fact("refresh_1000_us", microsSince(start));
        // The device is down, so nothing was sent; and nothing else happened either.
        fact("many_same_after_refresh", device == read(many));
        fact("many_same", WgShow.same(WgShow.dump("router", "wgmany"), WgShow.text(device)));
        // Takes 12 s, in which the kernel waits and holds nobody up.
        deletion = new ProcessBuilder("ip", "-n", "router", "link", "del", "wgmany")
                .inheritIO()
                .start();
    }

    private void sticksToItsSourceUntilRefreshed() throws Exception {
        fact("at_first_4", farSees(1));
        fact("at_first_6", farSees(2));
        defaultVia(2);
        ping(1);
        ping(2);
        fact("stuck_4", farSees(1));
        fact("stuck_6", farSees(2));

        var before = settings();
        long start = clock.monotonicNanos();
        router.rehearse(wg0, random);
        fact("rehearsal_first_us", microsSince(start));
        router.rehearse(wg0, random);
        ping(1);
        fact("same_after_rehearsal", WgShow.same(before, settings()));
        fact("stuck_after_rehearsal", farSees(1));

        // All have just been answered, so nobody's own timer (messages.h KEEPALIVE_TIMEOUT, 10 s) sends meanwhile.
        ping(2);
        ping(3);
        ping(4);
        long[] received = received();
        var device = read(wg0);
        start = clock.monotonicNanos();
        router.refresh(
                wg0,
                device.mark(),
                List.of(nudge(device.peers().get(0)), nudge(device.peers().get(1))));
        fact("refresh_us", microsSince(start));
        fact("arrived", until(() -> received()[0] > received[0] && received()[1] > received[1]));
        fact("arrived_us", microsSince(start));
        fact("moved_4", farSees(1));
        fact("moved_6", farSees(2));
        long[] after = received();
        for (int i = 0; i < after.length; i++) {
            fact("received_" + (i + 1), after[i] - received[i]);
        }
        fact("same_after_refresh", WgShow.same(before, settings()));
        fact(
                "keepalives",
                WgShow.value("router", "wg0", "persistent-keepalive")
                        .replaceAll("(?m)^\\S+\\t", "")
                        .replace('\n', ' '));
        fact("port_after_refresh", WgShow.value("router", "wg0", "listen-port"));
        // The third was not nudged, but its source is cleared like all: its next packet goes the new way.
        fact("other_before", farSees(3));
        ping(3);
        fact("other_after", farSees(3));

        defaultVia(1);
        router.refresh(
                wg0,
                device.mark(),
                device.peers().stream().map(KernelWireGuardFacts::nudge).toList());
        fact("back", until(() -> farSees(1).startsWith("10.1.") && farSees(2).startsWith("[fd01:")));
    }

    private void leavesADeletedPeerAway() throws Exception {
        var device = read(wg0);
        var doomed = device.peers().get(3);
        Command.of(
                        "ip",
                        "netns",
                        "exec",
                        "router",
                        "wg",
                        "set",
                        "wg0",
                        "peer",
                        doomed.publicKey().base64(),
                        "remove")
                .run();
        router.refresh(wg0, device.mark(), List.of(nudge(doomed)));
        fact(
                "peers_after_removal",
                WgShow.value("router", "wg0", "peers").lines().count());
        fact(
                "deleted_comes_back",
                WgShow.value("router", "wg0", "peers")
                        .contains(doomed.publicKey().base64()));
        fact("peers_read_after_removal", read(wg0).peers().size());
    }

    private void reopensItsSocketsOnTheSamePort() throws Exception {
        var before = sockets(PORT);
        fact("sockets", before);
        router.setPort(wg0, PORT);
        fact("same_port_keeps_sockets", before.equals(sockets(PORT)));
        long start = clock.monotonicNanos();
        router.setPort(wg0, 0);
        int drawn = read(wg0).listenPort();
        router.setPort(wg0, PORT);
        fact("rebind_us", microsSince(start));
        fact("drawn_port_is_another", drawn != 0 && drawn != PORT);
        fact("port_after_rebind", WgShow.value("router", "wg0", "listen-port"));
        fact("rebind_keeps_sockets", before.equals(sockets(PORT)));
        fact("sockets_after_rebind", sockets(PORT));
        ping(1);
        fact("after_rebind", farSees(1));
        try (var taken = in("router", () -> new DatagramSocket(0))) {
            fact("taken_port", refusal(() -> router.setPort(wg0, taken.getLocalPort())));
        }
        fact("port_after_refusal", WgShow.value("router", "wg0", "listen-port"));
        ping(1);
        fact("after_refusal", farSees(1));
    }

    private void refuses() throws Exception {
        int r1 = index("r1");
        fact("change_absent", refusal(() -> router.setPort(NO_SUCH_INTERFACE, 0)));
        fact("change_other_kind", refusal(() -> router.refresh(r1, 0, List.of())));
        fact("rehearse_absent", refusal(() -> router.rehearse(NO_SUCH_INTERFACE, random)));
    }

    /** Searches this JVM's own memory for keys that the kernel sent it with every reading. */
    private void keepsNoSecret() throws Exception {
        byte[] planted = new byte[32];
        random.nextBytes(planted);
        Files.writeString(Path.of("/run/planted.key"), Base64.getEncoder().encodeToString(planted));
        read(wg0);
        received();
        var search = new ProcessBuilder(Guest.java(
                        MemorySearch.class,
                        List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx24m"),
                        List.of(
                                Long.toString(ProcessHandle.current().pid()),
                                "/run/planted.key",
                                "/run/router.key",
                                "/run/far1.key",
                                "/run/far1.psk",
                                "/run/far3.psk")))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = new String(search.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        fact("search_exit", search.waitFor());
        fact("searched_bytes", lines.getLast().replace("searched ", ""));
        fact("planted_found", lines.contains("/run/planted.key raw") && planted.length == 32);
        fact(
                "secrets_found",
                lines.stream()
                        .filter(line -> line.matches("/run/(router|far).*"))
                        .toList());
    }

    private void seesTheModuleGo() throws Exception {
        fact("deletion_exit", Objects.requireNonNull(deletion).waitFor());
        fact("read_deleted", router.read(many));
        for (var device : List.of("router wg0", "far wg1", "far wg2", "far wg3", "far wg4")) {
            Command.script("ip -n " + device.replace(" ", " link del ")).run();
        }
        Command.of("rmmod", "wireguard").run();
        fact("read_without_module", router.read(wg0));
        long start = clock.monotonicNanos();
        fact("open_without_module", in("router", KernelWireGuard::open));
        fact("open_without_module_us", microsSince(start));
    }

    private static WireGuardNudge nudge(WireGuardPeer peer) {
        return new WireGuardNudge(peer.publicKey(), Optional.empty(), peer.keepaliveSeconds());
    }

    private WireGuardDevice read(int index) throws IOException {
        return router.read(index).orElseThrow();
    }

    /** Again where counters moved in between. */
    private String sameAsShown(String device) throws IOException {
        String same = "";
        for (int i = 0; i < 5 && !same.equals("yes"); i++) {
            same = WgShow.same(WgShow.dump("router", device), WgShow.text(read(index(device))));
        }
        return same;
    }

    /** What {@code wg} shows of wg0 but for handshakes and counters. */
    private static List<String> settings() {
        return WgShow.dump("router", "wg0").stream()
                .map(line -> line.replaceFirst("\\t\\d+\\t\\d+\\t\\d+\\t(\\w+)$", "\t$1"))
                .toList();
    }

    /** Bytes received by each of far's devices; from the kernel itself, for {@code wg} takes longer than the packets. */
    private long[] received() {
        long[] bytes = new long[farDevices.length];
        try {
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] =
                        far.read(farDevices[i]).orElseThrow().peers().getFirst().receivedBytes();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes;
    }

    private int index(String name) throws IOException {
        return route.link(name).map(Link::index).orElseThrow(() -> new IOException("no " + name));
    }

    private boolean until(BooleanSupplier condition) {
        long start = clock.monotonicNanos();
        while (!condition.getAsBoolean()) {
            if (clock.monotonicNanos() - start > PATIENCE_NANOS) {
                return false;
            }
        }
        return true;
    }

    private interface Change {
        void make() throws IOException;
    }

    private long microsSince(long start) {
        return (clock.monotonicNanos() - start) / NANOS_PER_MICRO;
    }

    private static String refusal(Change change) throws IOException {
        try {
            change.make();
            return "accepted";
        } catch (NetlinkException e) {
            return e.errno().symbol();
        }
    }

    private void fact(String name, Object value) throws IOException {
        var text = value instanceof Optional<?> optional
                ? optional.map(there -> "something").orElse("empty")
                : value.toString();
        Files.writeString(facts, name + "=" + text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
