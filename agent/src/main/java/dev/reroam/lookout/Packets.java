package dev.reroam.lookout;

import dev.reroam.uplink.Uplink;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** How many packets left by each uplink. Confined to the agent's loop. */
final class Packets {

    private final Map<Uplink, Long> sent = new HashMap<>();

    void count(Uplink uplink, int packets) {
        sent.merge(uplink, (long) packets, Long::sum);
    }

    long of(Uplink uplink) {
        return sent.getOrDefault(uplink, 0L);
    }

    /** Of the others nobody will ask: addresses change for ever. */
    void keepOnly(Collection<Uplink> uplinks) {
        sent.keySet().retainAll(uplinks);
    }
}
