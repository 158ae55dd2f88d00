package dev.reroam.recovery;

import java.util.OptionalLong;

/**
 * One rung, run for one tunnel. Immutable; instants are monotonic nanoseconds, {@link #NONE} where there is none.
 *
 * @param repair number of the last repair that went out for it, 0 before the first
 * @param begunBy number of the repair that the rung began with, 0 where that is a refresh; or of the one that runs beside its
 *     refresh. Its outcome may come late
 * @param refreshedAt when the first refresh of this rung went out; what is proved must be newer
 * @param refreshAt when the next refresh is due
 * @param refreshes how many went out
 * @param echoes how many echoes went out
 * @param echoAt when the next echo is due
 * @param echoRefused the echo could not be sent: wait as for a tunnel without one
 * @param owedAt when the last packet that must be answered went out, as far as we know
 * @param sentBase bytes sent at the first reading after the refresh
 * @param waitUntil not given up before this: the tunnel that carries this one is being repaired
 * @param failed its time is over, without proof; the device's other tunnels may still be waiting
 */
public record Attempt(
        Rung rung,
        long repair,
        long begunBy,
        long refreshedAt,
        long refreshAt,
        int refreshes,
        int echoes,
        long echoAt,
        boolean echoRefused,
        long owedAt,
        OptionalLong sentBase,
        long waitUntil,
        boolean failed) {

    /** Ours: no outcome takes so long that is not lost. */
    private static final long OUTCOME_LOST = 2_000_000_000L;

    /** Ours: a restart takes seconds, and is ended after a minute. */
    private static final long RESTART_LOST = 65_000_000_000L;

    /** No such instant: later than any. */
    public static final long NONE = Long.MAX_VALUE;

    /** A rung that ACT begins with the given repair: its refresh comes even if ACT does not say that it is done. */
    static Attempt begun(Rung rung, long repair, long now) {
        return due(rung, repair, now + (rung == Rung.RESTART_OWNER ? RESTART_LOST : OUTCOME_LOST));
    }

    /**
     * A rung whose refresh is due at the given instant.
     *
     * @param begunBy number of the repair that it begins with, 0 for none
     */
    static Attempt due(Rung rung, long begunBy, long refreshAt) {
        return new Attempt(
                rung,
                begunBy,
                begunBy,
                NONE,
                refreshAt,
                0,
                0,
                NONE,
                false,
                NONE,
                OptionalLong.empty(),
                Long.MIN_VALUE,
                false);
    }

    /** Nothing run yet; the rung above this one is the entry. */
    static Attempt entryAbove(Rung rung) {
        return due(rung, 0, NONE).withFailed();
    }

    boolean started() {
        return refreshedAt != NONE;
    }

    boolean answerOwed() {
        return owedAt != NONE;
    }

    Attempt refreshed(long withRepair, long now, long next) {
        return new Attempt(
                rung,
                withRepair,
                begunBy,
                started() ? refreshedAt : now,
                next,
                refreshes + 1,
                echoes,
                started() ? echoAt : now,
                echoRefused,
                owedAt,
                sentBase,
                waitUntil,
                failed);
    }

    Attempt echoed(long now, long next) {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes + 1,
                next,
                echoRefused,
                now,
                sentBase,
                waitUntil,
                failed);
    }

    Attempt withoutEcho() {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes,
                NONE,
                true,
                NONE,
                sentBase,
                waitUntil,
                failed);
    }

    Attempt withNextEcho(long at) {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes,
                at,
                echoRefused,
                owedAt,
                sentBase,
                waitUntil,
                failed);
    }

    Attempt withRefreshAt(long at) {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                at,
                refreshes,
                echoes,
                echoAt,
                echoRefused,
                owedAt,
                sentBase,
                waitUntil,
                failed);
    }

    Attempt withBegunBy(long beside) {
        return new Attempt(
                rung,
                repair,
                beside,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes,
                echoAt,
                echoRefused,
                owedAt,
                sentBase,
                waitUntil,
                failed);
    }

    Attempt withOwedAt(long at) {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes,
                echoAt,
                echoRefused,
                at,
                sentBase,
                waitUntil,
                failed);
    }

    Attempt withSentBase(long bytes) {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes,
                echoAt,
                echoRefused,
                owedAt,
                OptionalLong.of(bytes),
                waitUntil,
                failed);
    }

    Attempt withWaitUntil(long at) {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes,
                echoAt,
                echoRefused,
                owedAt,
                sentBase,
                at,
                failed);
    }

    Attempt withFailed() {
        return new Attempt(
                rung,
                repair,
                begunBy,
                refreshedAt,
                refreshAt,
                refreshes,
                echoes,
                NONE,
                echoRefused,
                owedAt,
                sentBase,
                waitUntil,
                true);
    }
}
