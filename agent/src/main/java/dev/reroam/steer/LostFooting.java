package dev.reroam.steer;

import dev.reroam.linux.ip.IpFamily;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Whether steering is to be withdrawn since the box lost its default route or its LAN. Immutable; pure; instants are monotonic
 * nanoseconds.
 *
 * <p>A redial or a renewed lease takes a default route away for a moment, so a loss must last; and no longer than that the
 * withdrawal still comes within 10 s. A box that has no LAN of its own (one with a single interface) cannot lose it.
 *
 * @param hadLan whether a LAN was seen since something is steered
 * @param since when each family last lost what it needs; absent where it has it
 */
public record LostFooting(boolean hadLan, Map<IpFamily, Long> since) {

    /** Nothing was seen yet; for when the first endpoint is steered. */
    public static final LostFooting NONE = new LostFooting(false, Map.of());

    private static final long LASTS_NANOS = TimeUnit.SECONDS.toNanos(5);

    public LostFooting {
        since = Map.copyOf(since);
    }

    /** After a look at the network; for each change of it, and once when the first endpoint is steered. */
    public LostFooting after(Footing footing, long now) {
        boolean lan = hadLan || footing.lan();
        var lost = new EnumMap<IpFamily, Long>(IpFamily.class);
        for (var family : IpFamily.values()) {
            if (!footing.ways().contains(family) || (lan && !footing.lan())) {
                lost.put(family, since.getOrDefault(family, now));
            }
        }
        return new LostFooting(lan, lost);
    }

    /** The families whose steering is to be withdrawn by now. */
    public Set<IpFamily> due(long now) {
        var due = EnumSet.noneOf(IpFamily.class);
        since.forEach((family, at) -> {
            if (now - at >= LASTS_NANOS) {
                due.add(family);
            }
        });
        return due;
    }

    /**
     * When to ask {@link #due} next where nothing changes; empty where there is nothing to wait for.
     *
     * @param steered the families of which something is steered
     */
    public OptionalLong dueAt(Set<IpFamily> steered) {
        return since.entrySet().stream()
                .filter(entry -> steered.contains(entry.getKey()))
                .mapToLong(entry -> entry.getValue() + LASTS_NANOS)
                .min();
    }
}
