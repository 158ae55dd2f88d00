package dev.reroam.recovery;

import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Held;
import dev.reroam.recovery.Standing.Quiet;
import dev.reroam.recovery.Standing.Repairing;
import dev.reroam.recovery.Standing.Resting;
import dev.reroam.recovery.Standing.Stranded;
import java.util.Optional;

/**
 * How a tunnel is, for people. Immutable.
 *
 * @param rung what is being tried, while repairing
 * @param since monotonic nanoseconds
 * @param why a few words; empty where the word says all
 */
public record TunnelStatus(Word word, Optional<Rung> rung, long since, String why) {

    /** One word for it. */
    public enum Word {
        /** It showed life within the last 180 s, and nothing is wrong. */
        CARRYING,
        /** Refreshed after a change; nothing was sent since that would be answered. */
        QUIET,
        /** It fell silent, and is being asked. */
        SUSPECT,
        /** No sign of life for 180 s. */
        ASLEEP,
        /** A step runs. */
        REPAIRING,
        /** The kernel knows no way out, or only through an interface that is down. */
        NO_WAY,
        /** The far side must move first. */
        WAITING_FOR_PEER,
        /** A person must look. */
        NEEDS_PERSON,
        /** Affected, and we may or can only watch. */
        ONLY_OBSERVED
    }

    /** How the tunnel is at {@code now}. */
    public static TunnelStatus of(TunnelState tunnel, long now, RecoveryConfig config) {
        boolean active = Affected.active(tunnel, now, config);
        if (tunnel.suspicion().isPresent() && tunnel.standing() instanceof Resting) {
            return new TunnelStatus(
                    Word.SUSPECT, Optional.empty(), tunnel.suspicion().get().since(), "fell silent");
        }
        return switch (tunnel.standing()) {
            case Resting resting -> active ? plain(Word.CARRYING, resting.since()) : asleep(tunnel, resting.since());
            case Quiet quiet -> active ? plain(Word.QUIET, quiet.since()) : asleep(tunnel, quiet.since());
            case Held held ->
                new TunnelStatus(
                        Word.REPAIRING, Optional.of(Rung.REFRESH), held.since(), "path flaps: waits until it holds");
            case Repairing repairing ->
                new TunnelStatus(Word.REPAIRING, Optional.of(repairing.attempt().rung()), repairing.since(), "");
            case Stranded stranded -> new TunnelStatus(Word.NO_WAY, Optional.empty(), stranded.since(), stranded.why());
            case GivenUp givenUp ->
                new TunnelStatus(
                        switch (givenUp.verdict()) {
                            case WAITING_FOR_PEER -> Word.WAITING_FOR_PEER;
                            case NEEDS_PERSON -> Word.NEEDS_PERSON;
                            case ONLY_OBSERVED -> Word.ONLY_OBSERVED;
                        },
                        Optional.empty(),
                        givenUp.since(),
                        givenUp.why());
        };
    }

    private static TunnelStatus asleep(TunnelState tunnel, long since) {
        long last = Affected.lastSign(tunnel);
        return plain(Word.ASLEEP, last == PeerFacts.NEVER ? since : Math.max(last, since));
    }

    private static TunnelStatus plain(Word word, long since) {
        return new TunnelStatus(word, Optional.empty(), since, "");
    }
}
