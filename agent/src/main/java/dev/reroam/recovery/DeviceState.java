package dev.reroam.recovery;

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
 */
public record DeviceState(
        DeviceFacts facts,
        long readAt,
        long refreshFrom,
        boolean clear,
        long readNext,
        int readings,
        Optional<PortTrial> trial,
        Traffic traffic) {

    /**
     * A new port that is not proved yet.
     *
     * @param changed false until ACT said that it is in use
     */
    public record PortTrial(long repair, int formerPort, boolean changed) {}

    static DeviceState first(DeviceFacts facts, long now) {
        return new DeviceState(facts, now, Long.MIN_VALUE, false, Attempt.NONE, 0, Optional.empty(), Traffic.NONE);
    }

    DeviceState read(DeviceFacts next, long now) {
        return new DeviceState(next, now, refreshFrom, clear, readNext, readings, trial, traffic);
    }

    DeviceState withFacts(DeviceFacts next) {
        return new DeviceState(next, readAt, refreshFrom, clear, readNext, readings, trial, traffic);
    }

    DeviceState withClear() {
        return new DeviceState(facts, readAt, refreshFrom, true, readNext, readings, trial, traffic);
    }

    /** A refresh went out, which cleared the stale sources with it; the next reading comes soon. */
    DeviceState refreshed(long nextFrom) {
        return new DeviceState(facts, readAt, nextFrom, false, readNext, readings, trial, traffic);
    }

    DeviceState refreshFrom(long at) {
        return new DeviceState(facts, readAt, at, clear, readNext, readings, trial, traffic);
    }

    DeviceState withReading(long at, int count) {
        return new DeviceState(facts, readAt, refreshFrom, clear, at, count, trial, traffic);
    }

    DeviceState withTrial(Optional<PortTrial> next) {
        return new DeviceState(facts, readAt, refreshFrom, clear, readNext, readings, next, traffic);
    }

    DeviceState with(Traffic next) {
        return new DeviceState(facts, readAt, refreshFrom, clear, readNext, readings, trial, next);
    }
}
