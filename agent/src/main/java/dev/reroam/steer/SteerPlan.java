package dev.reroam.steer;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.uplink.Uplink;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose packets are to leave by which uplink, whatever the routing tables say. Immutable.
 *
 * @param ways of one family each; in the order in which they were wished
 */
public record SteerPlan(Map<Subject, Uplink> ways) {

    /** Nothing is steered. */
    public static final SteerPlan NONE = new SteerPlan(Map.of());

    public SteerPlan {
        ways = Collections.unmodifiableMap(new LinkedHashMap<>(ways));
        ways.forEach((subject, uplink) -> {
            if (!subject.canBeSteered()) {
                throw new IllegalArgumentException("cannot be steered: " + subject);
            }
            if (subject.family() != uplink.family()) {
                throw new IllegalArgumentException(subject + " by " + uplink);
            }
        });
    }

    /** Whether nothing is steered. */
    public boolean isEmpty() {
        return ways.isEmpty();
    }

    /** The same, and this one by that uplink instead of any other. */
    public SteerPlan with(Subject subject, Uplink uplink) {
        var more = new LinkedHashMap<>(ways);
        more.put(subject, uplink);
        return new SteerPlan(more);
    }

    /** The same without these; absent is no error. */
    public SteerPlan without(Collection<Subject> subjects) {
        var fewer = new LinkedHashMap<>(ways);
        fewer.keySet().removeAll(List.copyOf(subjects));
        return new SteerPlan(fewer);
    }

    /** What of it is of one family. */
    SteerPlan of(IpFamily family) {
        var some = new LinkedHashMap<>(ways);
        some.keySet().removeIf(subject -> subject.family() != family);
        return new SteerPlan(some);
    }
}
