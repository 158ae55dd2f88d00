package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.stun.NatBehaviour.Filtering;
import dev.reroam.stun.NatBehaviour.Mapping;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A NAT, or where nothing is translated a firewall, that does exactly what RFC 4787 names. */
final class SimulatedNat {

    /** What it does. */
    record Habits(boolean translates, Mapping mapping, Filtering filtering, boolean hairpins, boolean preservesPorts) {}

    private final Habits habits;
    private final IpAddress outside;
    private final Random random;
    private final Map<List<Object>, Endpoint> mappings = new HashMap<>();
    private final Map<Endpoint, Endpoint> inside = new HashMap<>();
    private final Map<Endpoint, Set<Endpoint>> sentTo = new HashMap<>();
    private final Map<Endpoint, Long> usedAt = new HashMap<>();

    SimulatedNat(Habits habits, IpAddress outside, Random random) {
        this.habits = habits;
        this.outside = outside;
        this.random = random;
    }

    /** Forgets the mappings through which nothing went out for so long. */
    void forget(long now, long lifetime) {
        var old = usedAt.entrySet().stream()
                .filter(entry -> now - entry.getValue() > lifetime)
                .map(Map.Entry::getKey)
                .toList();
        usedAt.keySet().removeAll(old);
        inside.keySet().removeAll(old);
        sentTo.keySet().removeAll(old);
        mappings.values().removeAll(old);
    }

    boolean isMine(Endpoint endpoint) {
        return inside.containsKey(endpoint);
    }

    /** A packet leaves: as whom? */
    Endpoint outbound(Endpoint local, Endpoint destination, long now) {
        Endpoint external = mappings.computeIfAbsent(key(local, destination), k -> translate(local));
        inside.put(external, local);
        usedAt.put(external, now);
        sentTo.computeIfAbsent(external, e -> new HashSet<>()).add(destination);
        return external;
    }

    /** A packet comes in: to whom, if to anybody? */
    Optional<Endpoint> inbound(Endpoint external, Endpoint from) {
        Set<Endpoint> known = sentTo.getOrDefault(external, Set.of());
        boolean passes = switch (habits.filtering()) {
            case ENDPOINT_INDEPENDENT -> true;
            case ADDRESS_DEPENDENT -> known.stream().anyMatch(to -> to.address().equals(from.address()));
            case ADDRESS_AND_PORT_DEPENDENT -> known.contains(from);
            case UNKNOWN -> throw new IllegalArgumentException();
        };
        return passes ? Optional.ofNullable(inside.get(external)) : Optional.empty();
    }

    /** A packet from inside to one of our own external endpoints. */
    Optional<Endpoint> hairpin(Endpoint external) {
        return habits.hairpins() ? Optional.ofNullable(inside.get(external)) : Optional.empty();
    }

    private List<Object> key(Endpoint local, Endpoint destination) {
        return switch (habits.mapping()) {
            case ENDPOINT_INDEPENDENT -> List.of(local);
            case ADDRESS_DEPENDENT -> List.of(local, destination.address());
            case ADDRESS_AND_PORT_DEPENDENT -> List.of(local, destination);
            case UNKNOWN, DEPENDENT -> throw new IllegalArgumentException();
        };
    }

    private Endpoint translate(Endpoint local) {
        if (!habits.translates()) {
            return local;
        }
        var wanted = new Endpoint(outside, local.port());
        while ((!habits.preservesPorts() && wanted.port() == local.port()) || inside.containsKey(wanted)) {
            wanted = new Endpoint(outside, 1024 + random.nextInt(64_512));
        }
        return wanted;
    }
}
