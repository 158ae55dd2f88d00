package dev.reroam.web;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One incident with all that happened in it. Immutable.
 *
 * @param replayable whether {@code reroam replay} can run it again: nothing had to be left out
 */
public record IncidentReport(IncidentSummary summary, List<Entry> timeline, boolean replayable) {

    public IncidentReport {
        timeline = List.copyOf(timeline);
    }

    /**
     * One thing that happened.
     *
     * @param atMillis since the incident opened, with fractions to the microsecond
     * @param kind the lower-case word of the note's kind: {@code seen}, {@code step}, {@code proved}
     */
    public record Entry(double atMillis, String kind, Optional<String> tunnel, String what) {
        public Entry {
            kind = kind.toLowerCase(Locale.ROOT);
        }
    }
}
