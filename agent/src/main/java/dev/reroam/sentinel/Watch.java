package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one uplink. Immutable; instants are monotonic nanoseconds, {@link #NEVER} for none to come.
 *
 * @param said the last word of each server
 * @param resting servers that alone stayed silent, and until when they are left alone
 * @param open questions that may still be answered
 * @param port our socket whose mapping is the one that is watched
 * @param portHeard whether it was ever answered
 * @param silent the last question went unanswered: nothing is known, and nothing follows from it
 * @param wanted another question is to follow the one that is under way
 * @param startedAt when the last question began
 * @param nextAt when the next one does
 * @param hardFrom hard questions not before this
 * @param turn whose turn it is among the servers
 * @param idleSent when packets were sent in the last minute; so for hard ones
 * @param told how the world sees this uplink, as last told
 * @param heardAt when a server last answered; {@link #NEVER} before the first
 * @param packets sent since the uplink was found
 */
public record Watch(
        Map<Endpoint, Said> said,
        Map<Endpoint, Long> resting,
        Map<Long, Asked> open,
        Optional<Round> round,
        long port,
        boolean portHeard,
        boolean silent,
        boolean wanted,
        long startedAt,
        long nextAt,
        long hardFrom,
        int turn,
        List<Long> idleSent,
        List<Long> hardSent,
        Optional<Endpoint> told,
        long heardAt,
        long packets) {

    /** Later than any instant. */
    public static final long NEVER = Long.MAX_VALUE;

    /**
     * One server's last word.
     *
     * @param at when it came; {@link #NEVER} where it is not to be relied on
     * @param since from when on it was the same, for the same port of ours
     */
    public record Said(Endpoint mapped, long port, long roundTripNanos, long at, long since) {

        /** The next word of the same server. */
        static Said after(@Nullable Said before, Endpoint mapped, long port, long roundTripNanos, long now) {
            long since = before != null
                            && before.at() != NEVER
                            && before.port() == port
                            && before.mapped().equals(mapped)
                    ? before.since()
                    : now;
            return new Said(mapped, port, Math.max(0, roundTripNanos), now, since);
        }
    }

    /**
     * One packet under way.
     *
     * @param patience when it is told that nobody answered; {@link #NEVER} once that was told
     */
    public record Asked(Endpoint server, long port, long at, long patience) {

        Asked told() {
            return new Asked(server, port, at, NEVER);
        }
    }

    /**
     * A question with its repeats and confirmations.
     *
     * @param hard a tunnel is suspect
     * @param packets sent for it, confirmations not counted
     * @param oldPackets those that left from the watched port
     * @param fresh the other port, 0 while there is none
     * @param oldHeard a packet from the watched port was answered
     * @param control the watched port was asked once more, because the fresh one had an answer
     * @param differing servers that see another address than they did, and what they saw before
     * @param differsAt when the first of them said so
     * @param newest the last answer
     * @param confirms how many confirming packets went out
     * @param nextAt when the next packet or the verdict is due
     */
    public record Round(
            long startedAt,
            Endpoint server,
            boolean hard,
            int packets,
            int oldPackets,
            long fresh,
            boolean oldHeard,
            boolean freshHeard,
            boolean control,
            Map<Endpoint, IpAddress> differing,
            long differsAt,
            Optional<Endpoint> newest,
            int confirms,
            long nextAt) {

        public Round {
            differing = Map.copyOf(differing);
        }
    }

    public Watch {
        said = Map.copyOf(said);
        resting = Map.copyOf(resting);
        open = Map.copyOf(open);
        idleSent = List.copyOf(idleSent);
        hardSent = List.copyOf(hardSent);
    }

    /** When something is due. */
    long dueAt() {
        long due = round.map(Round::nextAt).orElse(nextAt);
        for (Asked asked : open.values()) {
            due = Math.min(due, asked.patience());
        }
        return due;
    }
}
