package dev.reroam;

import dev.reroam.network.UplinkFacts;
import dev.reroam.uplink.Uplink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Since when each uplink is as it is. Confined to the loop; instants are monotonic nanoseconds. */
final class UplinkAges {

    private record State(Uplink uplink, boolean running) {}

    private Map<State, Long> since = Map.of();

    /** Takes in the uplinks as they are now, all of them. */
    void onUplinks(List<UplinkFacts> uplinks, long now) {
        var kept = new HashMap<State, Long>();
        uplinks.forEach(facts -> kept.put(state(facts), since(facts, now)));
        since = kept;
    }

    /** Since when this uplink is there and as it is; {@code now} for one that was not taken in. */
    long since(UplinkFacts facts, long now) {
        return since.getOrDefault(state(facts), now);
    }

    private static State state(UplinkFacts facts) {
        return new State(facts.uplink(), facts.running());
    }
}
