package dev.reroam.tests.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.journal.IncidentFiles;
import dev.reroam.journal.JournalRecorder;
import dev.reroam.journal.Replay;
import dev.reroam.journal.Replayed;
import dev.reroam.linux.libc.Clock;
import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.tests.simulation.Fault.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the simulator plays is what the journal keeps: an incident of the model is decided again like one of the world. */
class JournalTest {

    private static final int SEEDS = 25;

    @TempDir
    Path state;

    @Test
    void everyIncidentOfTheModelReplays() throws Exception {
        var files = new IncidentFiles(state);
        int replayed = 0;
        for (long seed = 70; seed < 70 + SEEDS; seed++) {
            Scenario scenario = ScenarioMaker.of(seed);
            // An incident that its agent does not live to close is not kept.
            if (scenario.observeOnly() || scenario.faults().stream().anyMatch(fault -> isEnd(fault.kind()))) {
                continue;
            }
            play(scenario, files);
            for (long number : files.numbers()) {
                replayed += replays(files.named(String.valueOf(number)), "seed " + seed + ", incident " + number);
            }
        }
        assertTrue(replayed > 5, "only " + replayed);
    }

    private static boolean isEnd(Kind kind) {
        return kind == Kind.KILLED || kind == Kind.RESTARTED;
    }

    private static int replays(Path file, String which) {
        var result = Replay.run(file);
        if (result.replayed() instanceof Replayed.NotRecorded) {
            return 0;
        }
        assertInstanceOf(Replayed.Same.class, result.replayed(), () -> which + ": " + result.replayed());
        var story = result.story().orElseThrow();
        assertEquals(NoteKind.OPENED, story.timeline().getFirst().kind(), which);
        assertEquals(NoteKind.CLOSED, story.timeline().getLast().kind(), which);
        return 1;
    }

    private static void play(Scenario scenario, IncidentFiles files) {
        Clock wall = new Clock() {
            @Override
            public long monotonicNanos() {
                throw new AssertionError("the brain's clock is handed over");
            }

            @Override
            public long realtimeNanos() {
                return 1_782_900_000_000_000_000L;
            }
        };
        var recorder =
                new JournalRecorder("0.1.0", RecoveryConfig.standard(false), wall, files, Runnable::run, Runnable::run);
        Simulation.run(scenario, Simulation.Brain.standard(), false, new Watcher() {
            @Override
            public void onStep(RecoveryState before, Observation observation, long now, Step step) {
                recorder.onStep(before, observation, now, step);
            }
        });
    }
}
