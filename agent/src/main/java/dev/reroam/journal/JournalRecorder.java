package dev.reroam.journal;

import dev.reroam.journal.JournalLine.Head;
import dev.reroam.journal.JournalLine.Start;
import dev.reroam.journal.JournalLine.Taken;
import dev.reroam.journal.KeptIncident.Recording;
import dev.reroam.linux.libc.Clock;
import dev.reroam.recovery.Action.Note;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Keeps the incidents: the last ones in memory, and each on the disk when it is closed. Confined to the agent loop; JSON,
 * compression and the disk are the slow lane's.
 *
 * <p>An incident is recorded from the step that opened it; one that this recorder did not see open, from its first note.
 * The step that closes one and opens another belongs to both.
 */
public final class JournalRecorder {

    // Ours: a page of incidents, at most 256 notes each.
    static final int IN_MEMORY = 16;

    // There is one incident at a time; one closes and the next opens in one step at worst.
    private static final int RECORDED_AT_ONCE = 2;

    private final String version;
    private final RecoveryConfig config;
    private final Clock clock;
    private final IncidentFiles files;
    private final Executor slowLane;
    private final Executor loop;
    /** Oldest first; those that are open are the last. */
    private final ArrayDeque<Kept> kept = new ArrayDeque<>();

    private final List<Kept> recorded = new ArrayList<>();
    private long newest;

    private static final class Kept {
        private final OpenIncident incident;
        private final StepBuffer steps;
        private Recording recording = new Recording.Running();

        Kept(OpenIncident incident, StepBuffer steps) {
            this.incident = incident;
            this.steps = steps;
        }

        KeptIncident view() {
            return new KeptIncident(incident.story(), recording);
        }
    }

    /**
     * A recorder with nothing in it.
     *
     * @param version this program's, stored with each incident
     * @param config what the brain runs with
     * @param clock for the wall clock of an opening
     * @param slowLane runs one task at a time, in order
     */
    public JournalRecorder(
            String version, RecoveryConfig config, Clock clock, IncidentFiles files, Executor slowLane, Executor loop) {
        this.version = version;
        this.config = config;
        this.clock = clock;
        this.files = files;
        this.slowLane = slowLane;
        this.loop = loop;
    }

    /**
     * Takes a step in. To be told of every one, in order.
     *
     * @param now the brain's clock, monotonic nanoseconds
     */
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        for (var action : step.actions()) {
            if (action instanceof Note note) {
                onNote(note, before, now, step.state());
            }
        }
        if (recorded.isEmpty()) {
            return;
        }
        var taken = new Taken(now, observation, step.actions());
        for (Iterator<Kept> each = recorded.iterator(); each.hasNext(); ) {
            Kept one = each.next();
            one.steps.add(taken);
            if (one.incident.closed()) {
                each.remove();
                finish(one);
            }
        }
    }

    /** The incidents that are in memory, open ones too, the newest first. */
    public List<KeptIncident> incidents() {
        var views = new ArrayList<KeptIncident>();
        kept.descendingIterator().forEachRemaining(one -> views.add(one.view()));
        return views;
    }

    /** One incident by its number; empty when it is not in memory. */
    public Optional<KeptIncident> incident(long id) {
        return kept.stream().filter(one -> one.incident.id() == id).findFirst().map(Kept::view);
    }

    private void onNote(Note note, RecoveryState before, long now, RecoveryState after) {
        if (note.kind() == NoteKind.OPENED || note.incident() > newest) {
            open(note, before, now);
        }
        for (Kept one : kept) {
            if (one.incident.id() == note.incident()) {
                one.incident.take(note, now, before, after);
            }
        }
    }

    private void open(Note note, RecoveryState before, long now) {
        newest = Math.max(newest, note.incident());
        if (recorded.size() >= RECORDED_AT_ONCE) {
            finish(recorded.removeFirst());
        }
        long millis = clock.realtimeNanos() / 1_000_000;
        var head = new Head(JournalLine.FORMAT, version, note.incident(), millis);
        var steps = new StepBuffer(new IncidentStream(head), new Start(config, before), slowLane);
        var one = new Kept(new OpenIncident(note.incident(), now, millis, note.what()), steps);
        recorded.add(one);
        kept.add(one);
        if (kept.size() > IN_MEMORY) {
            kept.removeFirst();
        }
    }

    private void finish(Kept one) {
        one.steps.finish(one.incident.story(), files, loop, recording -> one.recording = recording);
    }
}
