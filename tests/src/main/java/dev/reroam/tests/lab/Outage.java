package dev.reroam.tests.lab;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the far peer saw of a fault. Immutable; resolution {@link EchoStream#INTERVAL}.
 *
 * @param hole the longest time without an answered echo since just before the cut; where it did not heal, what was watched
 * @param healedAfter from the first instant at which a fresh packet could pass to the first answered echo; empty where
 *     nothing was answered while watched
 * @param watched how long after that instant the far peer went on asking
 */
public record Outage(Duration hole, Optional<Duration> healedAfter, Duration watched) {

    /** Reads an outage out of the answers, in their order, up to {@code endedAt} (CLOCK_REALTIME, nanoseconds). */
    public static Outage of(List<Echo> answered, Moments moments, long endedAt) {
        long lastBefore = answered.stream()
                .mapToLong(Echo::answeredAt)
                .filter(at -> at <= moments.cutAt())
                .max()
                .orElse(moments.cutAt());
        long longest = 0;
        long previous = lastBefore;
        for (var echo : answered) {
            if (echo.answeredAt() > lastBefore) {
                longest = Math.max(longest, echo.answeredAt() - previous);
                previous = echo.answeredAt();
            }
        }
        longest = Math.max(longest, endedAt - previous);
        var healed = answered.stream()
                .filter(echo -> provesHealing(echo, moments))
                .map(echo -> Duration.ofNanos(echo.answeredAt() - moments.passableAt()))
                .findFirst();
        return new Outage(Duration.ofNanos(longest), healed, Duration.ofNanos(endedAt - moments.passableAt()));
    }

    /** Whether the answer came over the new way: one on its way at the cut says nothing. */
    public static boolean provesHealing(Echo echo, Moments moments) {
        return echo.sentAt() >= moments.cutAt() && echo.answeredAt() >= moments.passableAt();
    }
}
