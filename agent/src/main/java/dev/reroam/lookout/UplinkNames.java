package dev.reroam.lookout;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.names.NameAnswer;
import dev.reroam.names.NameClient;
import dev.reroam.names.ResolvConf;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.tinylog.Logger;

/**
 * Asks this box's name servers, over the uplinks in turn. Confined to the agent's loop.
 *
 * <p>A server on this very host ({@code 127.0.0.53}) is asked as any program asks it. Every other is asked over each uplink,
 * best first, and at last as the routes have it: the server of a tunnel's network is reached by the tunnel alone, and what it
 * says of public names is good enough to send them a question by the uplink.
 */
final class UplinkNames implements Names {

    private static final int PORT = 53;
    private static final long LARGEST_FILE = 64 * 1024;
    /** Ours: of a box with many uplinks the best ones do. */
    private static final int MOST_UPLINKS = 2;

    private final NameClient client;
    private final Supplier<List<Uplink>> uplinks;
    private final Packets packets;
    private final Path resolvConf;
    private final Executor slowLane;
    private final EventLoop loop;

    private record Try(Outlet outlet, Endpoint server, List<Uplink> counts) {}

    /** @param uplinks those that can be asked over now, best first */
    UplinkNames(
            NameClient client,
            Supplier<List<Uplink>> uplinks,
            Packets packets,
            Path resolvConf,
            Executor slowLane,
            EventLoop loop) {
        this.client = client;
        this.uplinks = uplinks;
        this.packets = packets;
        this.resolvConf = resolvConf;
        this.slowLane = slowLane;
        this.loop = loop;
    }

    @Override
    public void lookup(String host, IpFamily family, Consumer<List<IpAddress>> then) {
        try {
            slowLane.execute(() -> {
                var servers = servers();
                loop.execute(() -> ask(tries(servers), host, family, then));
            });
        } catch (RejectedExecutionException e) {
            // Full, or the agent stops: whoever asked asks again.
            then.accept(List.of());
        }
    }

    private List<IpAddress> servers() {
        try {
            return Files.size(resolvConf) > LARGEST_FILE ? List.of() : ResolvConf.servers(Files.readString(resolvConf));
        } catch (IOException e) {
            Logger.debug("no name servers: {}", e.getMessage());
            return List.of();
        }
    }

    private Deque<Try> tries(List<IpAddress> servers) {
        var tries = new ArrayDeque<Try>();
        var asRouted = new ArrayList<Try>();
        for (IpAddress address : servers) {
            var server = new Endpoint(address, PORT);
            if (!address.isLoopback()) {
                uplinks.get().stream()
                        .filter(uplink -> uplink.family() == address.family())
                        .limit(MOST_UPLINKS)
                        .forEach(
                                uplink -> tries.add(new Try(StunQuestions.outlet(uplink, 0), server, List.of(uplink))));
            }
            if (!address.isLinkLocal()) {
                asRouted.add(new Try(Outlet.any(address.family()), server, List.of()));
            }
        }
        tries.addAll(asRouted);
        return tries;
    }

    private void ask(Deque<Try> tries, String host, IpFamily family, Consumer<List<IpAddress>> then) {
        var next = tries.poll();
        if (next == null) {
            then.accept(List.of());
            return;
        }
        client.ask(
                next.outlet(),
                next.server(),
                host,
                family,
                () -> next.counts().forEach(uplink -> packets.count(uplink, 1)),
                answer -> {
                    if (answer instanceof NameAnswer.Found found) {
                        then.accept(found.addresses());
                    } else {
                        ask(tries, host, family, then);
                    }
                });
    }
}
