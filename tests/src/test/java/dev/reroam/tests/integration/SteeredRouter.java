package dev.reroam.tests.integration;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.steer.Guardian;
import dev.reroam.steer.SteerOutcome;
import dev.reroam.steer.Steerer;
import dev.reroam.steer.Subject;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Topology;
import dev.reroam.uplink.Uplink;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The lab's router with a steerer in it, and how its rules, routes and counters are. Used by one thread. */
final class SteeredRouter implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(10);

    private final Topology net;
    private final LoopInside inside;
    private final Steerer steerer;
    private final Path heart;

    SteeredRouter(Topology net) throws Exception {
        this.net = net;
        this.heart = net.scratch("heart");
        this.inside = LoopInside.enter(net.router());
        var loop = inside.loop();
        // Its slow lane is the loop, for a program is started in the namespace of the thread that starts it.
        this.steerer = inside.on(() -> Steerer.open(
                loop, Clock.system(), new Guardian(heart, loop::execute, loop, new SecureRandom()), (lost, why) -> {}));
    }

    Path heart() {
        return heart;
    }

    /** The way out by a device of the router, as the agent would see it. */
    Uplink uplink(int number, IpFamily family) {
        var uplink = net.uplink(number);
        int index = Integer.parseInt(net.router()
                .run("cat", "/sys/class/net/" + uplink.device() + "/ifindex")
                .strip());
        return new Uplink(
                index,
                uplink.device(),
                Optional.of(IpAddress.parse(uplink.gateway(family))),
                IpAddress.parse(uplink.address(family)));
    }

    /** The far peer's endpoint in a family; the tunnel's port. */
    Endpoint far(IpFamily family) {
        return new Endpoint(
                IpAddress.parse(net.farAddress(family)),
                net.tunnel().farEndpoint().port());
    }

    SteerOutcome steer(Endpoint endpoint, Uplink uplink) throws Exception {
        var outcome = new CompletableFuture<SteerOutcome>();
        inside.run(() -> steerer.steer(new Subject.To(endpoint), uplink, outcome::complete));
        return outcome.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    SteerOutcome withdraw(Endpoint endpoint) throws Exception {
        return inside.on(() -> steerer.withdraw(new Subject.To(endpoint)));
    }

    SteerOutcome withdrawAll() throws Exception {
        return inside.on(steerer::withdrawAll);
    }

    SteerOutcome sweep() throws Exception {
        return inside.on(steerer::sweep);
    }

    /** All rules and routes of both families, but for what carrier and time do to them. */
    String tables() {
        return net.router()
                .script("ip -4 rule; ip -6 rule; ip -4 route show table all; ip -6 route show table all")
                .replaceAll(" (linkdown|expires \\d+sec)", "");
    }

    /** What {@code ip route get} says of such a packet: the interface. */
    String way(String... packet) {
        var words = new ArrayList<>(List.of("ip", "-o", "route", "get"));
        words.addAll(Arrays.asList(packet));
        return net.router().run(words.toArray(String[]::new)).replaceAll("(?s).* dev (\\S+).*", "$1");
    }

    /** Where the far peer sends the tunnel's packets. */
    String seenByFar() {
        return net.far()
                .run("wg", "show", net.tunnel().farDevice(), "endpoints")
                .strip()
                .replaceAll("(?s).*\t", "");
    }

    /** As the agent's refresh does it on wireguard-go: the endpoint again, keepalive off and on. */
    void refresh() {
        var device = net.tunnel().device();
        net.router()
                .script("peer=$(wg show " + device + " peers); wg set " + device + " peer $peer endpoint "
                        + net.tunnel().farEndpoint() + " persistent-keepalive 0; wg set " + device
                        + " peer $peer persistent-keepalive 25");
    }

    /** Whether the far peer hears the tunnel by an uplink within 10 s. */
    boolean comesBy(int number) {
        return AgentHome.until(SOON, () -> seenByFar().startsWith(visible(number)));
    }

    private String visible(int number) {
        var family = net.plan().outer();
        return family == IpFamily.V4
                ? net.uplink(number).publicAddress(family) + ":"
                : "[" + net.uplink(number).address(family) + "]:";
    }

    /** How many packets strict rp_filter has dropped: linux/snmp.h LINUX_MIB_IPRPFILTER. */
    long droppedByReversePath() {
        var lines = net.router()
                .run("grep", "^TcpExt:", "/proc/net/netstat")
                .lines()
                .map(line -> List.of(line.split(" ")))
                .toList();
        return Long.parseLong(lines.get(1).get(lines.get(0).indexOf("IPReversePathFilter")));
    }

    /** Sends so many echoes through the tunnel, and waits for the answers; how many of them were answered. */
    int pingThroughTunnel(int times) {
        // A handshake that is lost is tried again after 5 s.
        return ping(times, 8);
    }

    /** Sends some echoes through the tunnel, whatever becomes of them. */
    int tryPing() {
        return ping(3, 1);
    }

    private int ping(int times, int patience) {
        var told = net.router()
                .script("ping -n -q -i 0.05 -W " + patience + " -c " + times + " "
                        + net.tunnel().farInner() + " || true");
        return Integer.parseInt(told.replaceAll("(?s).* (\\d+) received.*", "$1"));
    }

    @Override
    public void close() {
        inside.loop().submit(steerer::close).awaitUninterruptibly();
        inside.close();
    }
}
