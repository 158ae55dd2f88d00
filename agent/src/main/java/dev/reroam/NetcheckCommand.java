package dev.reroam;

import dev.reroam.cli.Cli;
import dev.reroam.cli.Cli.NetcheckWish;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.netcheck.NetcheckRun;
import dev.reroam.netcheck.PortalUrl;
import dev.reroam.netcheck.Report;
import dev.reroam.netcheck.ReportJson;
import dev.reroam.netcheck.ReportText;
import dev.reroam.netcheck.Target;
import dev.reroam.netcheck.Wish;
import dev.reroam.network.NetworkState;
import dev.reroam.network.UplinkFacts;
import dev.reroam.network.Uplinks;
import dev.reroam.stun.StunServer;
import java.io.IOException;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;

/** {@code reroam netcheck}: looks at every uplink, with or without an agent, and changes nothing. */
final class NetcheckCommand {

    /** Only against waiting for ever: the check itself ends within 3 s. */
    private static final long PATIENCE_SECONDS = 60;
    // A lifetime is measured within some seven times the longest silence of 3 minutes, all uplinks at once.
    private static final long PATIENCE_WITH_LIFETIME_SECONDS = TimeUnit.MINUTES.toSeconds(30);

    private static final String NO_PORTAL = "none";

    private NetcheckCommand() {}

    /** {@return the exit code} */
    static int run(NetcheckWish wished, PrintStream out, PrintStream err) throws IOException {
        List<StunServer> servers;
        Optional<PortalUrl> portal;
        try {
            servers = servers(wished.servers());
            portal = portal(wished.portal());
        } catch (IllegalArgumentException e) {
            err.println("reroam: " + e.getMessage());
            return Cli.REFUSED;
        }
        var wish = new Wish(targets(picture(), Set.of()), servers, portal, wished.bindingLifetime());
        if (wish.bindingLifetime()) {
            err.println("reroam: how long a NAT remembers takes minutes to measure");
        }
        var report = ask(wish);
        out.print(wished.json() ? ReportJson.of(report) + "\n" : ReportText.of(report));
        return Cli.DONE;
    }

    /** Those of a list separated by commas, or the usual ones. */
    static List<StunServer> servers(Optional<String> list) {
        return list.map(text -> Arrays.stream(text.split(",", -1))
                        .map(StunServer::parse)
                        .toList())
                .orElse(StunServer.DEFAULTS);
    }

    private static Optional<PortalUrl> portal(Optional<String> url) {
        return url.isEmpty()
                ? Optional.of(PortalUrl.DEFAULT)
                : url.filter(text -> !text.equals(NO_PORTAL)).map(PortalUrl::parse);
    }

    /**
     * The uplinks whose interface can carry packets.
     *
     * @param tunnels interfaces that are known as a tunnel's
     */
    static List<Target> targets(NetworkState state, Set<Integer> tunnels) {
        return Uplinks.of(state, tunnels).stream()
                .filter(UplinkFacts::running)
                .map(UplinkFacts::uplink)
                .map(uplink -> new Target(
                        uplink,
                        state.link(uplink.interfaceIndex()).map(Link::mtu).orElse(0)))
                .toList();
    }

    private static NetworkState picture() throws IOException {
        try (var kernel = RouteSocket.open()) {
            var links =
                    kernel.links().stream().collect(Collectors.toMap(Link::index, Function.identity(), (a, b) -> b));
            var routes = new HashSet<Route>();
            for (IpFamily family : IpFamily.values()) {
                kernel.routes(family).stream().filter(Route::isDefault).forEach(routes::add);
            }
            return new NetworkState(links, new HashSet<>(kernel.addresses()), routes);
        } catch (MalformedMessageException e) {
            throw new IOException("the kernel's answer: " + e.getMessage(), e);
        }
    }

    private static Report ask(Wish wish) throws IOException {
        var report = new CompletableFuture<Report>();
        try (var threads = new AgentThreads();
                var names = new SystemNames(threads.loop());
                var ways = KernelWays.open()) {
            threads.loop().execute(() -> {
                try {
                    var outside = new NetcheckRun.Outside(
                            threads.loop(), threads.descriptors(), Clock.system(), new SecureRandom(), ways, names);
                    var unused = NetcheckRun.begin(outside, wish, report::complete);
                } catch (LinuxException | RuntimeException e) {
                    report.completeExceptionally(e);
                }
            });
            return report.get(
                    wish.bindingLifetime() ? PATIENCE_WITH_LIFETIME_SECONDS : PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("the check did not end", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
