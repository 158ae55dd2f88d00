package dev.reroam.recovery;

import java.util.List;

/**
 * What may be tuned, and every number the brain knows. Immutable; durations are nanoseconds.
 *
 * @param observeOnly nothing is repaired and nothing sent; notes say what would have been done
 * @param clampMtu a device whose MTU is too large for its way gets a smaller one
 * @param activeFor how recent a sign of life makes a tunnel affected by a change
 * @param repeatAfter when a refresh without proof is repeated, once; and once more after {@code echoUnanswered} where nobody can
 *     be asked
 * @param forgetAfter when a refresh without proof has stale flows looked for, once, where the tunnel is known to answer
 * @param refreshSpacing the least time between two refreshes of a device
 * @param batchPeers most peers in one refresh
 * @param batchSpacing between the parts of one large refresh
 * @param echoAt when echoes are sent after a repair, counted from it, ascending
 * @param readEvery pauses between readings of a device under repair; the last one stays
 * @param answerRoundTrips how many of its round trips a tunnel may take to answer, where that is more than a rung waits
 * @param echoUnanswered after which an echo is taken for one that nobody answers
 * @param silentBound the time within which the far side must answer a packet that is not empty
 * @param quietFor how long nothing may happen before an incident is closed
 * @param flapWindow path changes closer than this belong together
 * @param flapsFollowed how many of them are followed at once
 * @param holdFirst how long the next one waits; the wait doubles up to
 * @param holdMost this
 * @param disturbedFor how long an interface that lost something counts as one that is being left
 * @param strandedFor how long an incident waits for a way out
 * @param joinWithin how long after a change a fresh reading may still show that a tunnel was active before it
 * @param publicFlapWindow changes of a public address closer than this belong together
 * @param publicHoldFirst how long the next one waits; the wait doubles up to
 * @param publicHoldMost this
 * @param askUplinkEvery the least time between two wishes to have an uplink looked at
 * @param probeEvery between echoes to a tunnel that fell silent, and the least time that each may take
 * @param probes how many of them go unanswered before something is wrong
 * @param verdictWithin how long such a tunnel waits for what is found out about its uplink
 * @param steerAfter how long a tunnel whose interface died waits for the kernel to name another way
 * @param restartAfter how long a tunnel must have been in trouble before its device is restarted
 * @param probation how long an uplink that came back must answer before tunnels return to it
 * @param probationEvery how often it is asked meanwhile
 */
public record RecoveryConfig(
        boolean observeOnly,
        boolean clampMtu,
        long activeFor,
        long repeatAfter,
        long forgetAfter,
        long refreshSpacing,
        int batchPeers,
        long batchSpacing,
        List<Long> echoAt,
        List<Long> readEvery,
        int answerRoundTrips,
        long echoUnanswered,
        long silentBound,
        long quietFor,
        long flapWindow,
        int flapsFollowed,
        long holdFirst,
        long holdMost,
        long disturbedFor,
        long strandedFor,
        long joinWithin,
        long publicFlapWindow,
        long publicHoldFirst,
        long publicHoldMost,
        long askUplinkEvery,
        long probeEvery,
        int probes,
        long verdictWithin,
        long steerAfter,
        long restartAfter,
        long probation,
        long probationEvery) {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    /** REJECT_AFTER_TIME, drivers/net/wireguard/messages.h: after it not even a session is left. */
    public static final long ACTIVE_FOR = 180 * SECOND;
    /** A masquerading kernel eats the first packet after a change of uplink; seen healed by a second one 20 ms later. */
    public static final long REPEAT_AFTER = 20 * MILLI;
    /** Ours: the repeated packet is on its way for 80 ms by then; what is farther than that gets two of its round trips. */
    public static final long FORGET_AFTER = 100 * MILLI;
    /** As often as paths are asked: faster would answer to nothing new. */
    public static final long REFRESH_SPACING = 20 * MILLI;
    /** A kernel message holds about 390 peers; a quarter keeps the loop's turn and the uplink's queue short. */
    public static final int BATCH_PEERS = 100;
    /** 100 packets in 5 ms are 3 MB/s of keepalives at most: 1,000 peers take 45 ms. */
    public static final long BATCH_SPACING = 5 * MILLI;
    /** Doubling: near peers prove in a few ms, far ones within a round trip; the last is owed an answer within 11 s. */
    public static final List<Long> ECHO_AT = List.of(0L, 20 * MILLI, 60 * MILLI, 140 * MILLI, 300 * MILLI, SECOND);
    /** Reading is the only way to see a handshake; soon at first, then once a second. */
    public static final List<Long> READ_EVERY =
            List.of(20 * MILLI, 50 * MILLI, 100 * MILLI, 200 * MILLI, 500 * MILLI, SECOND);
    /** Generous: queues fill while an uplink changes. */
    public static final int ANSWER_ROUND_TRIPS = 8;
    /** Longer than any terrestrial round trip, and than two of most satellite ones. */
    public static final long ECHO_UNANSWERED = SECOND;
    /** KEEPALIVE_TIMEOUT, messages.h: the passive keepalive comes after 10 s; 1 s for the way and its timer's slack. */
    public static final long SILENT_BOUND = 11 * SECOND;
    /** An uplink that comes up raises dozens of events within about half a second; carrier events are rationed to 1 s. */
    public static final long QUIET_FOR = SECOND;
    /** Long enough for a cable that is pushed in badly, short against a real failback. */
    public static final long FLAP_WINDOW = 10 * SECOND;
    /** Away and back again: an ordinary failover and failback are never delayed. */
    public static final int FLAPS_FOLLOWED = 2;
    /** The kernel itself rations carrier events to one a second. */
    public static final long HOLD_FIRST = SECOND;
    /** As long as the window, so a tunnel at rest is at most that far from the preferred way. */
    public static final long HOLD_MOST = 10 * SECOND;
    /** Carrier events that are rationed come up to 820 ms late, and the changed answer with them. */
    public static final long DISTURBED_FOR = 2 * SECOND;
    /** Longer than a modem's restart and a redial; after it an uplink is away rather than failing over. */
    public static final long STRANDED_FOR = 600 * SECOND;
    /** A reading takes milliseconds; what a later one shows may have come over the new way. */
    public static final long JOIN_WITHIN = 2 * SECOND;

    /** Ours: an uplink that is gone for longer comes back as a new one. */
    public static final long UPLINK_KEPT = 3_600 * SECOND;

    /** Ours: a few questions long, since a NAT that alternates is seen to at each of them, 15 s apart. */
    public static final long PUBLIC_FLAP_WINDOW = 120 * SECOND;
    /** Longer than one question: what alternates with each of them is never followed, what stays is. */
    public static final long PUBLIC_HOLD_FIRST = 20 * SECOND;
    /** Ours: a tunnel that is broken shows it by itself long before. */
    public static final long PUBLIC_HOLD_MOST = 300 * SECOND;
    /** As often as the sentinel would answer to it. */
    public static final long ASK_UPLINK_EVERY = 3 * SECOND;
    /** Given: 100 ms apart. */
    public static final long PROBE_EVERY = 100 * MILLI;
    /** Ours: with the packets that were missed before, no chance even at a loss of 20 %. */
    public static final int PROBES = 4;
    /** Ours: longer than a run of hard questions, so that the tunnel's own trial comes last. */
    public static final long VERDICT_WITHIN = 4 * SECOND;
    /** Ours: the kernel names another way in some ms where it does at all; a daemon may take as long as it likes. */
    public static final long STEER_AFTER = 50 * MILLI;
    /** REKEY_ATTEMPT_TIME, messages.h: WireGuard itself gives up then, and a far side that starts anew is back. */
    public static final long RESTART_AFTER = 90 * SECOND;
    /** Given: 30 s of answers. */
    public static final long PROBATION = 30 * SECOND;
    /** Ours: six answers in a row, at the least. */
    public static final long PROBATION_EVERY = 5 * SECOND;
    /** Ours: 30 s doubled five times is a quarter of an hour. */
    static final int MOST_RELAPSES = 5;
    /** Ours: what lived for so long has not relapsed. */
    static final long RELAPSE_WITHIN = 600 * SECOND;

    public RecoveryConfig {
        echoAt = List.copyOf(echoAt);
        readEvery = List.copyOf(readEvery);
        if (batchPeers < 1 || readEvery.isEmpty()) {
            throw new IllegalArgumentException("batch of " + batchPeers + ", " + readEvery.size() + " pauses");
        }
    }

    /** The numbers that ship, and no MTU is touched. */
    public static RecoveryConfig standard(boolean observeOnly) {
        return standard(observeOnly, false);
    }

    /** The numbers that ship. */
    public static RecoveryConfig standard(boolean observeOnly, boolean clampMtu) {
        return new RecoveryConfig(
                observeOnly,
                clampMtu,
                ACTIVE_FOR,
                REPEAT_AFTER,
                FORGET_AFTER,
                REFRESH_SPACING,
                BATCH_PEERS,
                BATCH_SPACING,
                ECHO_AT,
                READ_EVERY,
                ANSWER_ROUND_TRIPS,
                ECHO_UNANSWERED,
                SILENT_BOUND,
                QUIET_FOR,
                FLAP_WINDOW,
                FLAPS_FOLLOWED,
                HOLD_FIRST,
                HOLD_MOST,
                DISTURBED_FOR,
                STRANDED_FOR,
                JOIN_WITHIN,
                PUBLIC_FLAP_WINDOW,
                PUBLIC_HOLD_FIRST,
                PUBLIC_HOLD_MOST,
                ASK_UPLINK_EVERY,
                PROBE_EVERY,
                PROBES,
                VERDICT_WITHIN,
                STEER_AFTER,
                RESTART_AFTER,
                PROBATION,
                PROBATION_EVERY);
    }
}
