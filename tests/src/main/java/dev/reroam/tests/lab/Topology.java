package dev.reroam.tests.lab;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Two uplinks, a far peer, and a tunnel between: the network of an experiment. Used by one thread.
 *
 * <pre>
 *   host ── lan [router] wan1 ── cable [isp1: easy NAT] out ──┐
 *                   │                                         [internet] ── out [far peer, public address]
 *                   └─── wan2 ── cable [isp2: hard NAT] out ──┘
 * </pre>
 *
 * <p>Always both address families. IPv6 is routed behind the ISPs' stateful firewalls unless the plan says NAT66. With
 * {@link Cabling#ONE_SUBNET} the four ends of the two cables meet in one bridge. Where the plan puts the tunnel behind the
 * router, it ends at the host, the ISPs translate no IPv4, and the far peer has a router as well:
 *
 * <pre>
 *   [internet] ── out [far router: easy NAT, the tunnel's port forwarded] lan ── out [far peer]
 * </pre>
 */
public final class Topology implements AutoCloseable {

    /** The far peer's public addresses. */
    private static final String FAR_V4 = "11.0.9.9";

    private static final String FAR_V6 = "2a0f:9::9";

    private static final int OUTER_MTU = 1420;
    private static final int INNER_MTU = OUTER_MTU - 80;

    private final Plan plan;
    private final Belongings belongings;
    private final Namespace router;
    private final Namespace host;
    private final Namespace far;
    private final Optional<Namespace> farRouter;
    private final Namespace internet;
    private final List<Uplink> uplinks;
    private final List<Tunnel> tunnels = new ArrayList<>();

    private Topology(Plan plan, Belongings belongings) {
        this.plan = plan;
        this.belongings = belongings;
        this.router = belongings.namespace("r");
        this.host = belongings.namespace("h");
        this.far = belongings.namespace("f");
        this.farRouter = plan.behindRouter() ? Optional.of(belongings.namespace("fr")) : Optional.empty();
        this.internet = belongings.namespace("n");
        this.uplinks = List.of(
                new Uplink(1, belongings.namespace("i1"), plan), new Uplink(2, belongings.namespace("i2"), plan));
        new Wiring(this).lay();
        tunnels.add(Tunnel.make(this, 0, farAddress(plan.outer()), OUTER_MTU));
    }

    /** Makes the network; its first uplink is the default route, and the tunnel is up. */
    public static Topology make(Plan plan, Belongings belongings) {
        return new Topology(plan, belongings);
    }

    public Plan plan() {
        return plan;
    }

    public Namespace router() {
        return router;
    }

    public Namespace host() {
        return host;
    }

    /** Where the near end of the tunnel is, and what heals it: the router, or the host behind it. */
    public Namespace near() {
        return plan.behindRouter() ? host : router;
    }

    public Namespace far() {
        return far;
    }

    /** The router of the far peer; empty where the far peer has the public address itself. */
    Optional<Namespace> farRouter() {
        return farRouter;
    }

    public Namespace internet() {
        return internet;
    }

    /** Uplink 1 or 2. */
    public Uplink uplink(int number) {
        return uplinks.get(number - 1);
    }

    List<Uplink> uplinks() {
        return uplinks;
    }

    /** The tunnel whose packets go over the uplinks. */
    public Tunnel tunnel() {
        return tunnels.get(0);
    }

    /** The tunnel that the far peer's echoes go through: the innermost. */
    public Tunnel carried() {
        return tunnels.get(tunnels.size() - 1);
    }

    /** All of them, the outermost first. */
    List<Tunnel> tunnels() {
        return List.copyOf(tunnels);
    }

    /** Makes a second tunnel whose endpoint is inside the first. */
    void addInnerTunnel() {
        tunnels.add(Tunnel.make(this, 1, tunnel().farInner(), INNER_MTU));
    }

    /** A scratch file of this network that does not exist yet; removed with it. */
    public Path scratch(String name) {
        return belongings.scratch(name);
    }

    Belongings belongings() {
        return belongings;
    }

    /** The far peer's public address. */
    public String farAddress(IpFamily family) {
        return family == IpFamily.V4 ? FAR_V4 : FAR_V6;
    }

    /** The far peer's public address in the family that the tunnel uses. */
    public String farAddress() {
        return farAddress(plan.outer());
    }

    /** Whether the tunnel's own packets are IPv4. */
    boolean isV4() {
        return plan.outer() == IpFamily.V4;
    }

    /** The router's resident {@code ip} for the family that the tunnel uses. */
    public IpBatch ip() {
        return router.ip(plan.outer());
    }

    /** {@code default via ... dev ... src ...} of an uplink in the family that the tunnel uses. */
    public String defaultRoute(int uplink) {
        return uplink(uplink).defaultRoute(plan.outer());
    }

    /**
     * The uplink's ISP silently drops what is routed in the tunnel's family, in the given direction; its own addresses
     * go on answering, so that nothing of it is seen on the cable. Returns when it is done: CLOCK_REALTIME in
     * nanoseconds, after which nothing passes any more.
     */
    public long swallow(int uplink, Direction direction) {
        ispRules(uplink, "add", direction);
        return Clock.system().realtimeNanos();
    }

    /** Undoes {@link #swallow}; returns CLOCK_REALTIME in nanoseconds just before. */
    public long deliver(int uplink, Direction direction) {
        return ispRules(uplink, "delete", direction);
    }

    private long ispRules(int uplink, String verb, Direction direction) {
        return uplink(uplink)
                .isp()
                .ip(plan.outer())
                .settled(swallowing(direction).stream()
                        .map(rule -> "rule " + verb + " " + rule)
                        .toArray(String[]::new));
    }

    private List<String> swallowing(Direction direction) {
        String all = isV4() ? "0.0.0.0/0" : "::/0";
        var upstream = "preference 1 from " + all + " iif cable blackhole";
        var downstream = "preference 2 from " + all + " iif out blackhole";
        return switch (direction) {
            case UPSTREAM -> List.of(upstream);
            case DOWNSTREAM -> List.of(downstream);
            case BOTH -> List.of(upstream, downstream);
        };
    }

    /**
     * The first uplink's ISP silently drops what comes from the router's present address and what goes to it. Returns
     * when it is done, as {@link #swallow}.
     */
    long swallowLease() {
        var first = uplink(1);
        var old = first.address(plan.outer());
        first.isp()
                .ip(plan.outer())
                .settled(
                        "rule add preference 1 from " + old + " iif cable blackhole",
                        "rule add preference 2 to " + old + " iif out blackhole");
        return Clock.system().realtimeNanos();
    }

    /** IPv6 of the first uplink is routed by the second one's ISP from now on; for when it takes over as its gateway. */
    void takeOverPrefix() {
        var second = uplink(2);
        second.isp().ip().settled("route replace " + uplink(1).prefix() + " dev cable");
        internet.ip()
                .settled("route replace " + uplink(1).routedPrefix() + " via " + second.publicAddress(IpFamily.V6));
    }

    /** Where the router translates by SNAT, its rule for the first uplink names another address from now on. */
    void translateTo(String address) {
        if (plan.ownTranslation() == OwnTranslation.SNAT) {
            router.script("iptables -t nat -R POSTROUTING 1 -o wan1 -j SNAT --to-source " + address);
        }
    }

    /** Makes the first uplink's cable anew, with the router's next address on it and without a default route. */
    void redial() {
        var first = uplink(1);
        var address = first.nextAddress(IpFamily.V4);
        Command.of("ip", "link", "add", "wan1", "netns", router.name())
                .and(
                        "type",
                        "veth",
                        "peer",
                        "name",
                        "cable",
                        "netns",
                        first.isp().name())
                .run();
        // Their resident ip may remember the old interface's number.
        first.isp().batch(first.ispLines(address));
        router.batch(first.routerLines(address, first.nextAddress(IpFamily.V6)));
    }

    /** Which way an ISP drops packets. */
    public enum Direction {
        /** From the router only: the ISP still delivers what the far side sends. */
        UPSTREAM,
        /** To the router only: what it sends still arrives. */
        DOWNSTREAM,
        /** Both ways. */
        BOTH
    }

    @Override
    public void close() {
        belongings.close();
    }
}
