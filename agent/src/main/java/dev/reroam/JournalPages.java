package dev.reroam;

import dev.reroam.journal.IncidentStory;
import dev.reroam.journal.JournalRecorder;
import dev.reroam.journal.KeptIncident;
import dev.reroam.recovery.TunnelId;
import dev.reroam.web.IncidentReport;
import dev.reroam.web.IncidentSummary;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The journal in the words of the pages. Confined to the agent's loop. */
record JournalPages(JournalRecorder journal) {

    List<IncidentSummary> summaries() {
        return journal.incidents().stream()
                .map(KeptIncident::story)
                .map(JournalPages::summary)
                .toList();
    }

    Optional<IncidentReport> report(long id) {
        return journal.incident(id).map(JournalPages::report);
    }

    private static IncidentReport report(KeptIncident kept) {
        var timeline = kept.story().timeline().stream()
                .map(told -> new IncidentReport.Entry(
                        Math.round(told.atNanos() / 1e3) / 1e3,
                        told.kind().name(),
                        told.tunnel().map(TunnelId::toString),
                        told.what()))
                .toList();
        boolean replayable = !(kept.recording() instanceof KeptIncident.Recording.LeftOut);
        return new IncidentReport(summary(kept.story()), timeline, replayable);
    }

    static IncidentSummary summary(IncidentStory story) {
        return new IncidentSummary(
                story.id(),
                state(story.state()),
                story.cause(),
                story.openedMillis(),
                millis(story.lastedNanos()),
                story.tunnels().stream().map(TunnelId::toString).toList(),
                millis(story.longestOutageNanos()));
    }

    private static OptionalLong millis(OptionalLong nanos) {
        return nanos.isPresent()
                ? OptionalLong.of(TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong()))
                : OptionalLong.empty();
    }

    private static IncidentSummary.State state(IncidentStory.State state) {
        return switch (state) {
            case OPEN -> IncidentSummary.State.OPEN;
            case HEALED -> IncidentSummary.State.HEALED;
            case QUIET -> IncidentSummary.State.QUIET;
            case ONLY_OBSERVED -> IncidentSummary.State.ONLY_OBSERVED;
            case WAITING_FOR_PEER -> IncidentSummary.State.WAITING_FOR_THE_PEER;
            case NEEDS_PERSON -> IncidentSummary.State.NEEDS_A_PERSON;
        };
    }
}
