package dev.reroam.recovery;

import java.util.List;
import java.util.Optional;

/**
 * What is remembered of one device. Immutable; instants are monotonic nanoseconds, {@link Attempt#NONE} for none.
 *
 * @param readAt when it was last read
 * @param refreshFrom no refresh goes out before this
 * @param clear its stale sources are to be forgotten with the next refresh, or alone
 * @param readNext when to ask for a reading, while something on it is being repaired
 * @param readings how many such were asked for since the last repair
 * @param traffic what its counters show
 * @param clamp its MTU is another one than it was, for the ways that its tunnels take
 */
public record DeviceState(
        DeviceFacts facts,
        long readAt,
        long refreshFrom,
        boolean clear,
        long readNext,
        int readings,
        Optional<PortTrial> trial,
        Traffic traffic,
        Optional<Clamp> clamp) {

    /**
     * A new port that is not proved yet.
     *
     * @param changed false until ACT said that it is in use
     */
    public record PortTrial(long repair, int formerPort, boolean changed) {}

    /**
     * An MTU of ours.
     *
     * @param former what it was before our first change
     * @param now what it is, as far as is known
     * @param asked what it was last to be
     * @param repair that is under way, 0 for none
     * @param limits of the tunnels whose way allows less than {@code former}
     */
    public record Clamp(int former, int now, int asked, long repair, List<Limit> limits) {
        public Clamp {
            limits = List.copyOf(limits);
        }

        static Clamp of(int mtu) {
            return new Clamp(mtu, mtu, mtu, 0, List.of());
        }

        /** What fits everywhere. */
        int wanted() {
            return limits.stream().mapToInt(Limit::mtu).min().orElse(former);
        }

        Clamp with(List<Limit> next) {
            return new Clamp(former, now, asked, repair, next);
        }

        Clamp asking(int mtu, long by) {
            return new Clamp(former, now, mtu, by, limits);
        }

        Clamp ended(boolean done) {
            return new Clamp(former, done ? asked : now, asked, 0, limits);
        }
    }

    /** The largest inner packet that gets through to a peer in one piece, on the way that it takes. */
    public record Limit(String peer, Path.Via way, int mtu) {}

    static DeviceState first(DeviceFacts facts, long now) {
        return new DeviceState(
                facts, now, Long.MIN_VALUE, false, Attempt.NONE, 0, Optional.empty(), Traffic.NONE, Optional.empty());
    }

    DeviceState read(DeviceFacts next, long now) {
        return new DeviceState(next, now, refreshFrom, clear, readNext, readings, trial, traffic, clamp);
    }

    DeviceState withFacts(DeviceFacts next) {
        return new DeviceState(next, readAt, refreshFrom, clear, readNext, readings, trial, traffic, clamp);
    }

    DeviceState withClear() {
        return new DeviceState(facts, readAt, refreshFrom, true, readNext, readings, trial, traffic, clamp);
    }

    /** A refresh went out, which cleared the stale sources with it; the next reading comes soon. */
    DeviceState refreshed(long nextFrom) {
        return new DeviceState(facts, readAt, nextFrom, false, readNext, readings, trial, traffic, clamp);
    }

    DeviceState refreshFrom(long at) {
        return new DeviceState(facts, readAt, at, clear, readNext, readings, trial, traffic, clamp);
    }

    DeviceState withReading(long at, int count) {
        return new DeviceState(facts, readAt, refreshFrom, clear, at, count, trial, traffic, clamp);
    }

    DeviceState withTrial(Optional<PortTrial> next) {
        return new DeviceState(facts, readAt, refreshFrom, clear, readNext, readings, next, traffic, clamp);
    }

    DeviceState with(Traffic next) {
        return new DeviceState(facts, readAt, refreshFrom, clear, readNext, readings, trial, next, clamp);
    }

    DeviceState withClamp(Optional<Clamp> next) {
        return new DeviceState(facts, readAt, refreshFrom, clear, readNext, readings, trial, traffic, next);
    }
}
