package dev.reroam;

import dev.reroam.cli.Cli;
import dev.reroam.cli.Cli.NetcheckWish;
import dev.reroam.config.Config;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Link;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.RouteSocket;
import dev.reroam.names.NameClient;
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
    static int run(Config config, NetcheckWish wished, PrintStream out, PrintStream err) throws IOException {
        List<StunServer> servers;
        Optional<PortalUrl> portal;
        try {
            servers = wished.servers()
                    .map(NetcheckCommand::servers)
                    .orElse(config.stun().servers());
            portal = wished.portal().isPresent() ? portal(wished.portal().get()) : usualPortal(servers);
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

    private static List<StunServer> servers(String list) {
        return Arrays.stream(list.split(",", -1)).map(StunServer::parse).toList();
    }

    private static Optional<PortalUrl> portal(String url) {
        return url.equals(NO_PORTAL) ? Optional.empty() : Optional.of(PortalUrl.parse(url));
    }

    /** Who wants nobody to be asked wants no page either. */
    static Optional<PortalUrl> usualPortal(List<StunServer> servers) {
        return servers.isEmpty() ? Optional.empty() : Optional.of(PortalUrl.DEFAULT);
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
        var servers = NameServers.read();
        try (var threads = new AgentThreads();
                var ways = KernelWays.open()) {
            threads.loop().execute(() -> {
                try {
                    var descriptors = threads.descriptors();
                    var clock = Clock.system();
                    var random = new SecureRandom();
                    var client = new NameClient(threads.loop(), descriptors, clock, random);
                    var names = new NameServers(client, ways, servers);
                    var outside = new NetcheckRun.Outside(threads.loop(), descriptors, clock, random, ways, names);
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
