package dev.reroam.stun;

import dev.reroam.stun.Outcome.Answered;
import java.util.Optional;

/**
 * One question of a discovery and what came of it. Immutable.
 *
 * @param outcome empty as long as it is open
 */
record Probe(Role role, Ask ask, Optional<Outcome> outcome) {

    /** What a question is for; P and p are the server's address and port, O and o its other ones. */
    enum Role {
        /** From the mapping socket to P:p, as to every server. */
        PLAIN,
        /** The same once more, since the first answer took long: how long does one really take? */
        PACE,
        /** From the mapping socket to O:p (RFC 5780 section 4.3, test II). */
        OTHER_ADDRESS,
        /** From the mapping socket to O:o (test III). */
        OTHER_ADDRESS_AND_PORT,
        /** From the mapping socket to P:o; not in the RFC: proves that this port of the server is alive. */
        OTHER_PORT,
        /** From the filtering socket to P:p (RFC 5780 section 4.4, test I). */
        FILTER_PLAIN,
        /** From the filtering socket to P:p, answered from O:o (test II). */
        CHANGE_ADDRESS_AND_PORT,
        /** From the filtering socket to P:p, answered from P:o (test III). */
        CHANGE_PORT,
        /** From the mapping socket to its own mapped address (RFC 5780 section 4.5). */
        HAIRPIN
    }

    Probe finished(Outcome how) {
        return new Probe(role, ask, Optional.of(how));
    }

    Optional<Answered> answer() {
        return outcome.filter(Answered.class::isInstance).map(Answered.class::cast);
    }

    boolean isSilent() {
        return outcome.filter(Outcome.Silent.class::isInstance).isPresent();
    }
}
