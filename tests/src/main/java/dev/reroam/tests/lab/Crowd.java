package dev.reroam.tests.lab;

import static dev.reroam.tests.lab.Template.fill;

import dev.reroam.linux.libc.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A thousand peers on the router's device, as a large server has them: a few that answer, each with a device of its own at
 * the far end, and all others dead, each at an address of its own where nobody answers and nobody complains. Used by one
 * thread.
 *
 * <p>Some of the dead have a persistent keepalive, for which WireGuard itself goes on shaking hands; to all others nothing
 * is ever sent unless somebody asks for it. What the router sends to either kind is counted where it leaves the router's
 * own programs and kernel, whether or not a route leads on.
 */
public final class Crowd {

    private static final int FIRST_PORT = 51840;
    private static final int KEY_BYTES = 32;
    private static final int HOSTS = 250;
    private static final String SILENT = "11.1";
    private static final String KEPT_ALIVE = "11.2";

    private final Topology net;
    private final List<String> inner = new ArrayList<>();
    private final List<String> living = new ArrayList<>();

    private Crowd(Topology net) {
        this.net = net;
        inner.add(net.tunnel().routerInner());
        living.add(net.tunnel().farPublicKey());
    }

    /**
     * Adds them to the router's device, whose one peer is the first of the living.
     *
     * @param living how many answer, the first included
     * @param silent dead peers whose keepalive is off
     * @param keptAlive dead peers whose keepalive is 25 s
     */
    public static Crowd make(Topology net, int living, int silent, int keptAlive) {
        var crowd = new Crowd(net);
        crowd.count();
        crowd.addLiving(living - 1);
        crowd.addDead(silent, keptAlive);
        return crowd;
    }

    /** The public keys of those that answer. */
    public List<String> living() {
        return List.copyOf(living);
    }

    /** Starts an echo stream from the far end through the tunnel of each that answers, in the order of {@link #living()}. */
    public List<EchoStream> echoes(Clock clock) {
        return inner.stream()
                .map(address -> EchoStream.start(net.far(), address, clock))
                .toList();
    }

    /**
     * Packets that the router has sent to the dead since they were added.
     *
     * @param silent to those whose keepalive is off
     * @param keptAlive to those that WireGuard calls by itself
     */
    public record Sent(long silent, long keptAlive) {}

    /** What was sent until now. */
    public Sent sent() {
        var counters = net.router().run("iptables", "-w", "-nvxL", "OUTPUT");
        return new Sent(packets(counters, SILENT), packets(counters, KEPT_ALIVE));
    }

    private static long packets(String counters, String network) {
        return counters.lines()
                .filter(line -> line.contains(network + ".0.0/16"))
                .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[0]))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no counter for " + network + ": " + counters));
    }

    /** Port, mark, and each peer's keepalive, endpoint and allowed addresses: what no repair may change. */
    public List<String> settings() {
        var device = net.tunnel().device();
        var one = net.router().script(fill("wg show %1$s listen-port; wg show %1$s fwmark", device));
        var each = Stream.of("persistent-keepalive", "endpoints", "allowed-ips")
                .flatMap(what ->
                        net.router().run("wg", "show", device, what).lines().sorted());
        return Stream.concat(one.lines(), each).toList();
    }

    private void count() {
        net.internet().ip().settled("route add blackhole " + SILENT + ".0.0/16");
        net.internet().ip().settled("route add blackhole " + KEPT_ALIVE + ".0.0/16");
        net.router()
                .script(fill(
                        "iptables -w -I OUTPUT -d %s.0.0/16; iptables -w -I OUTPUT -d %s.0.0/16", SILENT, KEPT_ALIVE));
    }

    private void addLiving(int count) {
        var routerKey = net.router()
                .run("wg", "show", net.tunnel().device(), "public-key")
                .strip();
        var keys = WireGuardKeys.generate(count);
        var devices = new ArrayList<WireGuardDevice>();
        for (int i = 1; i <= count; i++) {
            var name = net.belongings().unique("w", "c" + i);
            devices.add(new WireGuardDevice(net.far(), name, net.plan().wireguard(), 0));
        }
        var peers = new StringBuilder();
        var lines = new ArrayList<String>();
        for (int i = 1; i <= count; i++) {
            var key = keys.get(i - 1);
            var own = fill("10.9.%d.9", 100 + i);
            var router = fill("10.9.%d.1", 100 + i);
            var device = devices.get(i - 1);
            device.awaitReady();
            device.configure(fill(
                    "[Interface]\nPrivateKey=%s\nListenPort=%d\n[Peer]\nPublicKey=%s\nAllowedIPs=%s/32\n",
                    key.privateKey(), FIRST_PORT + i, routerKey, router));
            device.bringUp(1420, own, fill("fd99:1%d::9", 100 + i), router, fill("fd99:1%d::1", 100 + i));
            peers.append(peer(key.publicKey(), net.farAddress() + ":" + (FIRST_PORT + i), own + "/32", 25));
            lines.add(fill("address add %s/32 dev %s", router, net.tunnel().device()));
            lines.add(fill("route add %s/32 dev %s src %s", own, net.tunnel().device(), router));
            inner.add(router);
            living.add(key.publicKey());
        }
        // The addresses first: a keepalive shakes hands at once.
        net.router().batch(lines);
        add(peers.toString());
    }

    private void addDead(int silent, int keptAlive) {
        // Any 32 bytes are a public key.
        var random = new SplittableRandom(1);
        var peers = new StringBuilder();
        for (int i = 0; i < silent + keptAlive; i++) {
            boolean kept = i >= silent;
            byte[] key = new byte[KEY_BYTES];
            random.nextBytes(key);
            var host = fill("%d.%d", i / HOSTS, 1 + i % HOSTS);
            peers.append(peer(
                    Base64.getEncoder().encodeToString(key),
                    (kept ? KEPT_ALIVE : SILENT) + "." + host + ":51820",
                    "10.100." + host + "/32",
                    kept ? 25 : 0));
        }
        add(peers.toString());
    }

    private static String peer(String key, String endpoint, String allowed, int keepalive) {
        return fill(
                "[Peer]\nPublicKey=%s\nEndpoint=%s\nAllowedIPs=%s\nPersistentKeepalive=%d\n",
                key, endpoint, allowed, keepalive);
    }

    private void add(String peers) {
        net.router()
                .command("wg", "addconf", net.tunnel().device(), "/dev/stdin")
                .withInput(peers)
                .run();
    }
}
