package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.sentinel.Watch.Said;
import dev.reroam.uplink.Uplink;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What the NAT in front of an uplink does with one port of ours, in the words of RFC 4787 section 4.1, as far as the words of
 * several servers about the watched port tell without a further packet.
 */
public enum NatMapping {
    /** Too little was said, or not lately enough. */
    UNKNOWN,
    /** Nobody translates. */
    NONE,
    /** The same for all destinations. */
    ENDPOINT_INDEPENDENT,
    /** Another one for another destination: whoever is told of it by a server cannot reach us there. */
    DEPENDENT;

    /** Ours: so close together that no mapping can have timed out between. */
    private static final long TOGETHER = 1_000_000_000L;

    /** What is believed now. */
    public static NatMapping of(Watch watch, Uplink uplink) {
        List<Map.Entry<Endpoint, Said>> words = watch.said().entrySet().stream()
                .filter(word -> word.getValue().port() == watch.port()
                        && word.getValue().at() != Watch.NEVER)
                .sorted(Comparator.comparingLong(word -> -word.getValue().at()))
                .toList();
        if (words.isEmpty()) {
            return UNKNOWN;
        }
        var newest = words.getFirst();
        if (newest.getValue().mapped().address().equals(uplink.source())) {
            return NONE;
        }
        boolean same = false;
        for (var other : words) {
            // RFC 4787 asks for another address; two ports of one say less.
            if (other.getKey().address().equals(newest.getKey().address())) {
                continue;
            }
            if (other.getValue().mapped().equals(newest.getValue().mapped())) {
                same = true;
            } else if (comparable(other.getValue(), newest.getValue())) {
                return DEPENDENT;
            }
        }
        return same ? ENDPOINT_INDEPENDENT : UNKNOWN;
    }

    /** A mapping that timed out, or went with an address, is another one for everybody: not so where both words have lasted. */
    private static boolean comparable(Said other, Said newest) {
        boolean lasted = other.at() > other.since()
                && newest.at() > newest.since()
                && other.at() >= newest.since()
                && newest.at() >= other.since();
        return lasted || newest.at() - other.at() <= TOGETHER;
    }

    /** As in JSON. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
