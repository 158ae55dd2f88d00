package dev.reroam.sentinel;

/**
 * How often, how long, how many. Immutable; durations are nanoseconds.
 *
 * @param every pause between two questions over one uplink; 0 for none at all, ever
 * @param jitter how far a pause may differ from that, in hundredths of it
 * @param answerWithin after which a question counts as unanswered, or two of the server's round trips where that is more
 * @param confirmWithin the same for a question that only confirms
 * @param confirmFor how long a changed address waits for a second voice before it is believed alone
 * @param hardEvery pause between pairs of questions while an uplink is suspect, and the least time that each may take;
 *     of a server that has not answered over the uplink yet, that is {@code answerWithin}
 * @param hardPackets how many such questions a suspicion is worth, unless one is answered
 * @param hardSpacing the least time between the beginnings of two such runs
 * @param askSpacing the least time between two questions asked because the network changed
 * @param idlePackets most packets in any minute, uplink and family, repeats and confirmations included, runs of hard
 *     questions not
 * @param hardBudget most packets of such runs in any minute
 * @param restFor how long a server that alone stays silent is not asked
 */
public record SentinelConfig(
        long every,
        int jitter,
        long answerWithin,
        long confirmWithin,
        long confirmFor,
        long hardEvery,
        int hardPackets,
        long hardSpacing,
        long askSpacing,
        int idlePackets,
        int hardBudget,
        long restFor) {

    private static final long MILLI = 1_000_000L;
    private static final long SECOND = 1_000 * MILLI;

    /** Below 25 s, when most NATs still know a flow, and gentle to servers that others pay for. */
    public static final long EVERY = 15 * SECOND;
    /** Boxes that start together after a power cut do not stay together. */
    public static final int JITTER = 10;
    /** RFC 8489 section 6.2.1: the first retransmission after 500 ms. */
    public static final long ANSWER_WITHIN = 500 * MILLI;
    /** Ours: the server has answered before, mostly within 100 ms, and a tunnel may be waiting. */
    public static final long CONFIRM_WITHIN = 300 * MILLI;
    /** Ours: half of the two seconds in which a tunnel with traffic is to be back. */
    public static final long CONFIRM_FOR = SECOND;
    /** Given: several servers, 100 ms apart. */
    public static final long HARD_EVERY = 100 * MILLI;
    /** Ours: at a loss of 20 % both ways together, 13 questions without an answer are one in a thousand million. */
    public static final int HARD_PACKETS = 16;
    /** Ours: three runs in the time that a rung waits. */
    public static final long HARD_SPACING = 3 * SECOND;
    /** An uplink that comes up raises dozens of events within half a second. */
    public static final long ASK_SPACING = SECOND;
    /** Given: at most 12 packets a minute per uplink and family when idle. */
    public static final int IDLE_PACKETS = 12;
    /** Ours: six runs that nobody answers. */
    public static final int HARD_BUDGET = 96;
    /** Ours: longer than a server's restart, short against a day. */
    public static final long REST_FOR = 600 * SECOND;

    public SentinelConfig {
        if (every < 0 || jitter < 0 || jitter > 50 || hardPackets < 1 || idlePackets < 1) {
            throw new IllegalArgumentException("every " + every + " ns, jitter " + jitter + " %, " + hardPackets
                    + " hard and " + idlePackets + " idle packets");
        }
    }

    /** The numbers that ship, with this pause; 0 turns the sentinel off. */
    public static SentinelConfig standard(long every) {
        return new SentinelConfig(
                every,
                JITTER,
                ANSWER_WITHIN,
                CONFIRM_WITHIN,
                CONFIRM_FOR,
                HARD_EVERY,
                HARD_PACKETS,
                HARD_SPACING,
                ASK_SPACING,
                IDLE_PACKETS,
                HARD_BUDGET,
                REST_FOR);
    }
}
