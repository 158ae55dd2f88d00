package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.names.NameAnswer;
import dev.reroam.names.NameClient;
import dev.reroam.names.NameSearch;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What names mean: each name server is asked over each uplink that leads to it. Confined to the agent's loop. */
final class HostNames {

    /** Ours: at home a name server answers in some ms, and one that resolves anew in some 100. */
    private static final long MERGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Ours: questions are two packets each, or four where nobody answers. */
    private static final int MOST_WAYS = 8;

    private static final int MOST_AT_ONCE = 8;

    private final EventLoop loop;
    private final Clock clock;
    private final NameClient client;
    private final KernelWays ways;
    private final Deque<Search> waiting = new ArrayDeque<>();
    private int searching;

    private record Search(String host, List<NameSearch.Way> ways, Consumer<NameAnswer> then) {}

    HostNames(EventLoop loop, Clock clock, NameClient client, KernelWays ways) {
        this.loop = loop;
        this.clock = clock;
        this.client = client;
        this.ways = ways;
    }

    /**
     * Finds out what a name means; where many are asked for they wait for each other.
     *
     * @param servers {@link NameServers#readAll}
     * @param uplinks over each of which they are asked, best first
     */
    void ask(String host, List<IpAddress> servers, List<Uplink> uplinks, Consumer<NameAnswer> then) {
        waiting.add(new Search(host, ways(servers, uplinks), then));
        search();
    }

    /** The address that somebody wrote instead of a name; empty where it is a name. */
    static Optional<IpAddress> literal(String host) {
        try {
            return Optional.of(IpAddress.parse(host));
        } catch (IllegalArgumentException e) {
            // Then it is a name.
            return Optional.empty();
        }
    }

    private void search() {
        while (searching < MOST_AT_ONCE && !waiting.isEmpty()) {
            var next = waiting.remove();
            searching++;
            NameSearch.begin(client, loop, clock, next.host(), next.ways(), MERGE_NANOS, answer -> {
                searching--;
                next.then().accept(answer);
                search();
            });
        }
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
}
