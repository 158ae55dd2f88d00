package dev.reroam.portmap.gateway;

import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;

/** What a client has to say. Each {@link Operation} ends with exactly one of the first six. */
public sealed interface Report {

    /**
     * A probe was answered.
     *
     * @param externalAddress what the gateway calls its outer address, unjudged; empty where the probe does not say
     * @param model what the gateway calls itself; empty when unknown
     */
    record Present(Optional<IpAddress> externalAddress, Optional<String> model) implements Report {}

    /**
     * A probe failed.
     *
     * @param answered the gateway said so itself; else it was silent
     */
    record Absent(boolean answered, String why) implements Report {}

    /** A mapping is there. */
    record Granted(Wanted wanted, Grant grant) implements Report {}

    /** A mapping is gone, or never was. */
    record Deleted(Wanted wanted) implements Report {}

    /**
     * The gateway answered no, to a mapping or a deletion.
     *
     * @param words for people: the protocol's own name of the code
     * @param againAfterNanos for how long the gateway will say the same
     * @param repeated the question went out more than once: another copy of it may yet be granted
     */
    record Refused(Wanted wanted, Refusal refusal, String words, long againAfterNanos, boolean repeated)
            implements Report {}

    /** Nobody answered: whether it was done is not known. */
    record Unanswered(Wanted wanted) implements Report {}

    /** The gateway gives permanent mappings only (UPnP errors 725 and 402); the mapping was not made. */
    record OnlyPermanent(Wanted wanted) implements Report {}

    /** The gateway has lost its mappings, or must be taken to have. */
    record Forgot(String why) implements Report {}

    /** The gateway says that it is there, as it does after a change; nothing proves that it forgot. */
    record Announced() implements Report {}

    /** The gateway told its outer address unasked. */
    record ExternalAddress(IpAddress address) implements Report {}

    /** Something came in that does not count. */
    record Dropped(Drop drop) implements Report {}

    /** Why it does not count. */
    enum Drop {
        /** Another address sent it. */
        NOT_THE_GATEWAY,
        /** The gateway sent it from a port that is not the protocol's. */
        NOT_ITS_PORT,
        /** Nothing is outstanding that it answers: a late duplicate, another nonce, another port. */
        NOT_ASKED,
        /** It cannot be read. */
        MALFORMED
    }
}
