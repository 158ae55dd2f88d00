package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.names.NameAnswer;
import dev.reroam.names.NameClient;
import dev.reroam.names.NameSearch;
import dev.reroam.recovery.Action.AskName;
import dev.reroam.recovery.Observation.NameSeen;
import dev.reroam.recovery.TunnelId;
import dev.reroam.tunnel.wireguard.see.EndpointFiles;
import dev.reroam.tunnel.wireguard.see.NamedEndpoint;
import dev.reroam.tunnel.wireguard.see.NamedEndpoints;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Finds out for the brain what the names of endpoints mean: the files say which name, and name servers what it means, each
 * asked over each uplink that leads to it. Confined to the agent's loop; files are read on the slow lane.
 */
final class EndpointNames implements AutoCloseable {

    /** Ours: at home a name server answers in some ms, and one that resolves anew in some 100. */
    private static final long MERGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Ours: questions are two packets each, or four where nobody answers. */
    private static final int MOST_WAYS = 8;

    private static final int MOST_AT_ONCE = 8;

    private final EventLoop loop;
    private final Executor slowLane;
    private final Clock clock;
    private final NameClient client;
    private final KernelWays ways;
    private final EndpointFiles files;
    private final Consumer<NameSeen> then;
    private final List<AskName> unread = new ArrayList<>();
    private final Deque<Search> waiting = new ArrayDeque<>();
    private int searching;
    private boolean closed;

    private record Search(String host, List<NameSearch.Way> ways, Map<TunnelId, NamedEndpoint> of) {}

    /** @param then is told of each answer, perhaps within {@link #perform} */
    EndpointNames(
            EventLoop loop,
            Executor slowLane,
            Clock clock,
            NameClient client,
            KernelWays ways,
            EndpointFiles files,
            Consumer<NameSeen> then) {
        this.loop = loop;
        this.slowLane = slowLane;
        this.clock = clock;
        this.client = client;
        this.ways = ways;
        this.files = files;
        this.then = then;
    }

    /** Those that come together are answered from one reading. */
    void perform(AskName asked) {
        unread.add(asked);
        if (unread.size() > 1) {
            return;
        }
        try {
            slowLane.execute(() -> {
                var said = files.read();
                var servers = NameServers.readAll();
                loop.execute(() -> onRead(said, servers));
            });
        } catch (RejectedExecutionException e) {
            // Full of what matters more: whoever is in trouble then asks again.
            unread.clear();
            unknown(asked.tunnel(), Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private void onRead(NamedEndpoints said, List<IpAddress> servers) {
        if (closed) {
            return;
        }
        var searches = new LinkedHashMap<String, Search>();
        for (var asked : List.copyOf(unread)) {
            var configured = said.of(asked.tunnel());
            if (configured.isEmpty()) {
                String more = said.problems().stream()
                        .findFirst()
                        .map(why -> "; " + why)
                        .orElse("");
                unknown(asked.tunnel(), Optional.empty(), "no file gives its endpoint by name" + more);
            } else if (isAddress(configured.get().host())) {
                var at = configured.get();
                unknown(asked.tunnel(), Optional.empty(), at.where() + " gives its endpoint by address");
            } else {
                searches.computeIfAbsent(
                                configured.get().host(),
                                host -> new Search(host, ways(servers, asked.uplinks()), new LinkedHashMap<>()))
                        .of()
                        .put(asked.tunnel(), configured.get());
            }
        }
        unread.clear();
        waiting.addAll(searches.values());
        search();
    }

    private void search() {
        while (searching < MOST_AT_ONCE && !waiting.isEmpty()) {
            var next = waiting.remove();
            searching++;
            NameSearch.begin(client, loop, clock, next.host(), next.ways(), MERGE_NANOS, answer -> {
                searching--;
                next.of().forEach((tunnel, at) -> tell(tunnel, at, answer));
                search();
            });
        }
    }

    private void tell(TunnelId tunnel, NamedEndpoint at, NameAnswer answer) {
        switch (answer) {
            case NameAnswer.None none -> unknown(tunnel, Optional.of(at.host()), none.why());
            case NameAnswer.Found found -> {
                var endpoints = found.addresses().stream()
                        // No far side is there, whoever says so.
                        .filter(address -> !address.isLoopback() && !address.isLinkLocal())
                        .map(address -> new Endpoint(address, at.port()))
                        .toList();
                then.accept(new NameSeen(
                        tunnel, Optional.of(at.host()), endpoints, endpoints.isEmpty() ? "has no usable address" : ""));
            }
        }
    }

    private void unknown(TunnelId tunnel, Optional<String> name, String why) {
        then.accept(new NameSeen(tunnel, name, List.of(), why));
    }

    /** Each server by each uplink that leads to it; as the routes have it where none does, as to one on this host. */
    private List<NameSearch.Way> ways(List<IpAddress> servers, List<Uplink> uplinks) {
        var all = new ArrayList<NameSearch.Way>();
        for (var address : servers) {
            var server = new Endpoint(address, NameServers.PORT);
            int before = all.size();
            for (var uplink : uplinks) {
                if (ways.leavesBy(uplink, server)) {
                    all.add(new NameSearch.Way(
                            new Outlet(uplink.source(), uplink.interfaceName(), uplink.interfaceIndex(), 0), server));
                }
            }
            if (all.size() == before && !address.isLinkLocal()) {
                all.add(new NameSearch.Way(Outlet.any(address.family()), server));
            }
        }
        return all.stream().limit(MOST_WAYS).toList();
    }

    private static boolean isAddress(String host) {
        try {
            IpAddress.parse(host);
            return true;
        } catch (IllegalArgumentException e) {
            // Then it is a name.
            return false;
        }
    }

    /** Asks nobody any more; idempotent. What is under way ends with the client. */
    @Override
    public void close() {
        closed = true;
    }
}
