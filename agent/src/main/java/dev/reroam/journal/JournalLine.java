package dev.reroam.journal;

import dev.reroam.record.RecordJson;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import java.util.List;
import java.util.Optional;

/**
 * One line of an incident's file, which is gzip over JSON lines: one {@link Head}, then one {@link Start} and a
 * {@link Taken} for each step (all of which may be missing, see {@link End}), then one {@link End}. Immutable.
 */
sealed interface JournalLine {

    /**
     * The format that this program writes, and the only one that it replays: raised with every change of what is recorded, in
     * whatever package the record is.
     */
    int FORMAT = 12;

    RecordJson<JournalLine> CODEC = RecordJson.of(JournalLine.class);

    /**
     * Who wrote it. Stays readable for every later version.
     *
     * @param openedMillis wall clock, milliseconds since 1970
     */
    record Head(int format, String version, long id, long openedMillis) implements JournalLine {}

    /** Where the brain stood before the first step. */
    record Start(RecoveryConfig config, RecoveryState state) implements JournalLine {}

    /** One step: what the brain was told, and what it wanted done. */
    record Taken(long now, Observation observation, List<Action> actions) implements JournalLine {
        public Taken {
            actions = List.copyOf(actions);
        }
    }

    /**
     * The incident as people are told it.
     *
     * @param leftOut why there is no start and no step; empty when they are there
     */
    record End(IncidentStory story, Optional<String> leftOut) implements JournalLine {}
}
