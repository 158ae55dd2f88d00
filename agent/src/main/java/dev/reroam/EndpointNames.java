package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.names.NameAnswer;
import dev.reroam.recovery.Action.AskName;
import dev.reroam.recovery.Observation.NameSeen;
import dev.reroam.recovery.TunnelId;
import dev.reroam.tunnel.wireguard.see.EndpointFiles;
import dev.reroam.tunnel.wireguard.see.NamedEndpoint;
import dev.reroam.tunnel.wireguard.see.NamedEndpoints;
import dev.reroam.uplink.Uplink;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Finds out for the brain what the names of endpoints mean: the files say which name, and name servers what it means, each
 * asked over each uplink that leads to it. Confined to the agent's loop; files are read on the slow lane.
 */
final class EndpointNames implements AutoCloseable {

    private final EventLoop loop;
    private final Executor slowLane;
    private final HostNames names;
    private final EndpointFiles files;
    private final Consumer<NameSeen> then;
    private final List<AskName> unread = new ArrayList<>();
    private boolean closed;

    private record Search(List<Uplink> uplinks, Map<TunnelId, NamedEndpoint> of) {}

    /** @param then is told of each answer, perhaps within {@link #perform} */
    EndpointNames(EventLoop loop, Executor slowLane, HostNames names, EndpointFiles files, Consumer<NameSeen> then) {
        this.loop = loop;
        this.slowLane = slowLane;
        this.names = names;
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
            } else if (HostNames.literal(configured.get().host()).isPresent()) {
                var at = configured.get();
                unknown(asked.tunnel(), Optional.empty(), at.where() + " gives its endpoint by address");
            } else {
                searches.computeIfAbsent(
                                configured.get().host(), host -> new Search(asked.uplinks(), new LinkedHashMap<>()))
                        .of()
                        .put(asked.tunnel(), configured.get());
            }
        }
        unread.clear();
        searches.forEach((host, search) -> names.ask(
                host,
                servers,
                search.uplinks(),
                answer -> search.of().forEach((tunnel, at) -> tell(tunnel, at, answer))));
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

    /** Asks nobody any more; idempotent. What is under way ends with the client. */
    @Override
    public void close() {
        closed = true;
    }
}
