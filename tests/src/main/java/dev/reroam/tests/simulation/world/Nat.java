package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A NAT. Confined to its run's thread. Outbound packets refresh a flow, inbound ones do not (RFC 4787, REQ-6). Its hash tables
 * are looked up and never gone through.
 */
public final class Nat {

    private static final int FIRST_PORT = 1_024;
    private static final int MOST_FLOWS = 512;

    private record Key(Endpoint inner, IpAddress address, int port) {}

    /** A flow: who may come in by it, and under which address it leaves. */
    private static final class Flow {
        private final Endpoint inner;
        private final Endpoint outer;
        private final long madeAt;
        private final Set<Endpoint> sentTo = new HashSet<>();
        private final Set<IpAddress> sentToAddress = new HashSet<>();
        private long usedAt;

        Flow(Endpoint inner, Endpoint outer, long now) {
            this.inner = inner;
            this.outer = outer;
            madeAt = now;
            usedAt = now;
        }
    }

    private final NatKind kind;
    private final VirtualTime time;
    private final Chance chance;
    private final Map<Integer, Endpoint> forwards = new HashMap<>();
    private final LinkedHashMap<Key, Flow> flows = new LinkedHashMap<>();
    private final Map<Endpoint, Flow> byOuter = new HashMap<>();
    private IpAddress address;

    Nat(NatKind kind, IpAddress address, VirtualTime time, Chance chance) {
        this.kind = kind;
        this.address = address;
        this.time = time;
        this.chance = chance;
    }

    /** Whether it ends a flow that is used. */
    public boolean endsFlows() {
        return kind.absolute() > 0;
    }

    /** How the world sees it. */
    public IpAddress address() {
        return address;
    }

    /** A forward that somebody configured: it never ends and lets everybody in. */
    void forward(int port, Endpoint inner) {
        forwards.put(port, inner);
    }

    /** A forward that is configured goes on, to wherever the box is now. */
    void forwardsTo(int port, IpAddress inner) {
        forwards.computeIfPresent(port, (outer, before) -> new Endpoint(inner, outer));
    }

    /** It has another address from now on; {@code forgets} says whether the flows before end, or go on leading nowhere. */
    void becomes(IpAddress now, boolean forgets) {
        address = now;
        if (forgets) {
            reboot();
        }
    }

    /** It knows nothing any more, but what is configured. */
    void reboot() {
        flows.clear();
        byOuter.clear();
    }

    /** The packet as it leaves; empty where it leaves with an address that is nobody's any more. */
    Optional<Packet> out(Packet packet) {
        Endpoint forwarded = forwardedPort(packet.from());
        if (forwarded != null) {
            return Optional.of(packet.from(forwarded));
        }
        Key key = key(packet.from(), packet.to());
        Flow flow = live(key);
        if (flow == null) {
            if (flows.size() >= MOST_FLOWS) {
                makeRoom();
            }
            flow = new Flow(packet.from(), new Endpoint(address, port(packet.from())), time.now());
            flows.put(key, flow);
            byOuter.put(flow.outer, flow);
        }
        flow.usedAt = time.now();
        flow.sentTo.add(packet.to());
        flow.sentToAddress.add(packet.to().address());
        return leaves(flow) ? Optional.of(packet.from(flow.outer)) : Optional.empty();
    }

    /** From where a packet would come, without sending it. */
    Optional<Endpoint> wouldLeaveBy(Endpoint from, Endpoint to) {
        Endpoint forwarded = forwardedPort(from);
        if (forwarded != null) {
            return Optional.of(forwarded);
        }
        Flow flow = live(key(from, to));
        // A port that is not given yet is none that anybody was sent to from.
        return flow == null
                ? Optional.of(new Endpoint(address, 0))
                : leaves(flow) ? Optional.of(flow.outer) : Optional.empty();
    }

    /** To whom a packet that arrives goes; empty where it is not let in. */
    Optional<Endpoint> in(Endpoint from, Endpoint to) {
        if (!to.address().equals(address)) {
            return Optional.empty();
        }
        Endpoint forwarded = forwards.get(to.port());
        if (forwarded != null) {
            return Optional.of(forwarded);
        }
        Flow flow = byOuter.get(to);
        if (flow == null || isOver(flow)) {
            return Optional.empty();
        }
        boolean admitted = switch (kind.filtering()) {
            case ENDPOINT_INDEPENDENT -> true;
            case ADDRESS_DEPENDENT -> flow.sentToAddress.contains(from.address());
            case ADDRESS_AND_PORT_DEPENDENT -> flow.sentTo.contains(from);
        };
        return admitted ? Optional.of(flow.inner) : Optional.empty();
    }

    private void makeRoom() {
        for (Key key : List.copyOf(flows.keySet())) {
            live(key);
        }
        if (flows.size() >= MOST_FLOWS) {
            Key oldest = flows.keySet().iterator().next();
            end(oldest, flows.get(oldest));
        }
    }

    private boolean leaves(Flow flow) {
        return flow.outer.address().equals(address);
    }

    private @Nullable Endpoint forwardedPort(Endpoint inner) {
        return inner.equals(forwards.get(inner.port())) ? new Endpoint(address, inner.port()) : null;
    }

    private @Nullable Flow live(Key key) {
        Flow flow = flows.get(key);
        if (flow != null && isOver(flow)) {
            end(key, flow);
            return null;
        }
        return flow;
    }

    private void end(Key key, @Nullable Flow flow) {
        flows.remove(key);
        if (flow != null) {
            byOuter.remove(flow.outer, flow);
        }
    }

    private boolean isOver(Flow flow) {
        long now = time.now();
        return now - flow.usedAt >= kind.lifetime() || (kind.absolute() > 0 && now - flow.madeAt >= kind.absolute());
    }

    private Key key(Endpoint inner, Endpoint to) {
        return switch (kind.mapping()) {
            case ENDPOINT_INDEPENDENT -> new Key(inner, IpAddress.ANY_V4, 0);
            case ADDRESS_DEPENDENT -> new Key(inner, to.address(), 0);
            case ADDRESS_AND_PORT_DEPENDENT -> new Key(inner, to.address(), to.port());
        };
    }

    private int port(Endpoint inner) {
        int port = kind.preserves() ? inner.port() : randomPort();
        while (forwards.containsKey(port) || isTaken(new Endpoint(address, port))) {
            port = randomPort();
        }
        return port;
    }

    private boolean isTaken(Endpoint outer) {
        Flow flow = byOuter.get(outer);
        return flow != null && !isOver(flow);
    }

    private int randomPort() {
        return FIRST_PORT + chance.below(0x10000 - FIRST_PORT);
    }
}
