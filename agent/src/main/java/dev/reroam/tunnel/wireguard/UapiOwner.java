package dev.reroam.tunnel.wireguard;

/**
 * Whose a daemon's socket is. Immutable.
 *
 * @param processId of whoever called listen(2); a daemon that forked afterwards has another one
 * @param userId of the same, for path look-ups: the daemon's packets carry it
 * @param program the process's name and executable; empty when they cannot be read
 */
public record UapiOwner(int processId, int userId, Residence residence, String program) {

    /** Which network namespace the daemon lives in. */
    public enum Residence {
        /** Ours. */
        HERE,
        /** Another one. */
        ELSEWHERE,
        /** It cannot be told. */
        UNKNOWN
    }

    /** Whether it is boringtun, which panics when a peer that it has is set. */
    boolean isBoringtun() {
        return program.contains("boringtun");
    }
}
