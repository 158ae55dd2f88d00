package dev.reroam.recovery;

/**
 * Why a tunnel is in an incident. Immutable.
 *
 * @param since when it stopped carrying as far as we know, monotonic nanoseconds
 * @param firstEcho echoes from this number on were sent after the last repair; {@link Attempt#NONE} before the first
 * @param oldWayDelivers whether packets that the far side sends to the old address may still arrive
 */
public record Damage(
        long incident, Evidence evidence, Condition condition, long since, long firstEcho, boolean oldWayDelivers) {

    Damage withFirstEcho(long echo) {
        return new Damage(incident, evidence, condition, since, echo, oldWayDelivers);
    }
}
