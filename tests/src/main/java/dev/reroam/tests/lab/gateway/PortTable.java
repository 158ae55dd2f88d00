package dev.reroam.tests.lab.gateway;

import dev.reroam.linux.libc.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A gateway's one table for all that it speaks. Confined to the gateway's thread.
 *
 * <p>A second entry for the same port of a client, made in another protocol, is what nobody may make: it is not refused, but
 * counted.
 */
final class PortTable {

    private static final long NANOS = 1_000_000_000L;

    /**
     * A way in. Immutable.
     *
     * @param protocol IANA's number: 6, 17
     * @param until CLOCK_MONOTONIC in nanoseconds; {@link Long#MAX_VALUE} for ever
     * @param grantedAt the same: when it was last made or renewed
     * @param description what UPnP calls it; the others have none
     */
    record Entry(
            Speech by,
            int protocol,
            int external,
            String client,
            int internal,
            long until,
            long grantedAt,
            String description) {
        boolean leadsTo(int otherProtocol, String otherClient, int otherInternal) {
            return protocol == otherProtocol && client.equals(otherClient) && internal == otherInternal;
        }
    }

    private final Clock clock;
    private final Map<Integer, Entry> entries = new TreeMap<>();
    private long bornAt;
    private int most;

    PortTable(Clock clock) {
        this.clock = clock;
        // As if it had run for a day: a fresh epoch would look like a restart.
        bornAt = clock.monotonicNanos() - 86_400 * NANOS;
    }

    /** Everything is forgotten, and the epoch begins anew. */
    void forget() {
        entries.clear();
        bornAt = clock.monotonicNanos();
    }

    /** Seconds since the table was empty. */
    int epoch() {
        return (int) ((clock.monotonicNanos() - bornAt) / NANOS);
    }

    /** Most entries that ever led to one port of one client at the same moment. */
    int most() {
        return most;
    }

    List<Entry> entries() {
        expire();
        return List.copyOf(new ArrayList<>(entries.values()));
    }

    /** What leads to a port of a client. */
    Optional<Entry> to(int protocol, String client, int internal) {
        expire();
        return entries.values().stream()
                .filter(entry -> entry.leadsTo(protocol, client, internal))
                .findFirst();
    }

    /** What an external port leads to. */
    Optional<Entry> at(int external) {
        expire();
        return Optional.ofNullable(entries.get(external));
    }

    /** Removes an entry; whether it was there. */
    boolean remove(int external) {
        expire();
        return entries.remove(external) != null;
    }

    /**
     * Makes or renews an entry.
     *
     * @param seconds 0 for ever
     * @param description what it is called, where the protocol has names
     * @return the external port
     */
    int add(Speech by, int protocol, int wanted, String client, int internal, long seconds, String description) {
        expire();
        var same = entries.values().stream()
                .filter(entry -> entry.by() == by && entry.leadsTo(protocol, client, internal))
                .findFirst();
        int external = same.map(Entry::external).orElse(wanted);
        while (same.isEmpty() && entries.containsKey(external)) {
            external = external == 0xffff ? 1024 : external + 1;
        }
        long now = clock.monotonicNanos();
        long until = seconds == 0 ? Long.MAX_VALUE : now + seconds * NANOS;
        entries.put(external, new Entry(by, protocol, external, client, internal, until, now, description));
        int leading = (int) entries.values().stream()
                .filter(entry -> entry.leadsTo(protocol, client, internal))
                .count();
        most = Math.max(most, leading);
        return external;
    }

    private void expire() {
        long now = clock.monotonicNanos();
        entries.values().removeIf(entry -> entry.until() <= now);
    }
}
