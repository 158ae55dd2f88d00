package dev.reroam.web;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * One incident in a list. Immutable.
 *
 * @param cause the first sign, in words
 * @param openedMillis wall clock of the first sign, milliseconds since 1970
 * @param lastedMillis from the first sign to the end; empty while it is open
 * @param outageMillis the longest time that one of its tunnels did not carry; empty while unknown
 */
public record IncidentSummary(
        long id,
        State state,
        String cause,
        long openedMillis,
        OptionalLong lastedMillis,
        List<String> tunnels,
        OptionalLong outageMillis) {

    public IncidentSummary {
        tunnels = List.copyOf(tunnels);
    }

    /** How it stands. */
    public enum State {
        /** Not ended. */
        OPEN,
        /** Every affected tunnel is proved. */
        HEALED,
        /** Some tunnel is unproved, because nothing was sent through it that would be answered. */
        QUIET,
        /** Some tunnel may or can only be watched: nothing was done for it. */
        ONLY_OBSERVED,
        /** A far side must move first. */
        WAITING_FOR_THE_PEER,
        /** Somebody must look. */
        NEEDS_A_PERSON;

        /** The word in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
