package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.sentinel.Watch.Said;
import dev.reroam.uplink.Uplink;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * All that the sentinel remembers. Immutable.
 *
 * @param watches what it knows of each uplink
 * @param away what is remembered of uplinks that are gone, the one that is gone for longest first
 * @param random where its jitter comes from: SplitMix64 of the seed that it was begun with
 */
public record SentinelState(
        List<Endpoint> servers,
        Map<Uplink, Watch> watches,
        Map<Uplink, Away> away,
        long nextQuestion,
        long nextPort,
        long random) {

    /**
     * An uplink that is gone, and may come back.
     *
     * @param said the last word of each server
     * @param idleSent when packets were sent in the last minute before: what comes and goes has no more of them; so for hard ones
     */
    record Away(Map<Endpoint, Said> said, List<Long> idleSent, List<Long> hardSent) {

        static final Away NOTHING = new Away(Map.of(), List.of(), List.of());
    }

    public SentinelState {
        servers = List.copyOf(servers);
        watches = Collections.unmodifiableMap(new TreeMap<>(watches));
        away = Collections.unmodifiableMap(new LinkedHashMap<>(away));
    }

    /** Nothing seen yet. */
    public static SentinelState initial(long seed) {
        return new SentinelState(List.of(), Map.of(), Map.of(), 1, 1, seed);
    }

    /** How the world last saw an uplink. */
    public Optional<Endpoint> publicEndpoint(Uplink uplink) {
        return Optional.ofNullable(watches.get(uplink)).flatMap(Watch::told);
    }
}
