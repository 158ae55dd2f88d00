package dev.reroam.journal;

import dev.reroam.host.FileReason;
import dev.reroam.journal.JournalLine.End;
import dev.reroam.journal.JournalLine.Head;
import dev.reroam.journal.JournalLine.Start;
import dev.reroam.journal.JournalLine.Taken;
import dev.reroam.record.RecordMismatch;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a recorded incident through {@link Recovery#step} again and compares every action. Confined to one thread; used
 * once. Total: any bytes give a result.
 */
public final class Replay {

    private static final int READ_LIMIT = 2 * IncidentStream.PLAIN_LIMIT;

    /**
     * What a file told.
     *
     * @param version of the program that recorded it; empty when not even that could be read
     * @param story the incident as people are told it; empty when the end of the file cannot be read
     */
    public record Result(Optional<String> version, Optional<IncidentStory> story, Replayed replayed) {}

    /** Is told of every step that is taken again, before it is compared. */
    @FunctionalInterface
    public interface Witness {
        void onStep(RecoveryState before, Observation observation, long now, Step step);
    }

    private final Function<RecoveryConfig, Recovery> brains;
    private final Witness witness;
    private Optional<String> version = Optional.empty();
    private Optional<IncidentStory> story = Optional.empty();
    private Optional<Replayed> trouble = Optional.empty();
    private Optional<Replayed> end = Optional.empty();
    private @Nullable Recovery recovery;
    private @Nullable RecoveryState state;
    private int steps;

    private Replay(Function<RecoveryConfig, Recovery> brains, Witness witness) {
        this.brains = brains;
        this.witness = witness;
    }

    /** Replays with this program's own ladder. Reads the file, so it blocks. */
    public static Result run(Path file) {
        return run(file, Replay::standard);
    }

    /** Likewise, and tells what the recorded brain was told. */
    public static Result run(Path file, Witness witness) {
        return run(file, Replay::standard, witness);
    }

    /** Replays with the brain that is made for the recorded configuration. */
    public static Result run(Path file, Function<RecoveryConfig, Recovery> brains) {
        return run(file, brains, (before, observation, now, step) -> {});
    }

    private static Recovery standard(RecoveryConfig config) {
        return new Recovery(Ladder.standard(), config);
    }

    private static Result run(Path file, Function<RecoveryConfig, Recovery> brains, Witness witness) {
        var replay = new Replay(brains, witness);
        replay.read(file);
        Replayed atEnd = replay.end.orElseGet(() -> new Replayed.Unreadable(file.toString(), "it has no end"));
        return new Result(replay.version, replay.story, replay.trouble.orElse(atEnd));
    }

    private void read(Path file) {
        int number = 0;
        try (var bytes = Files.newInputStream(file);
                var lines = new BufferedReader(
                        new InputStreamReader(new Bounded(new GZIPInputStream(bytes)), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                read(line, file + ":" + number, number == 1);
            }
        } catch (IOException e) {
            // Also what gzip says of bytes that are none of its own, cut short, or not what was written. So it undoes
            // what was found before: a difference may have been the damage.
            String where = file + (number == 0 ? "" : " after line " + number);
            trouble = Optional.of(new Replayed.Unreadable(where, FileReason.of(e)));
        }
    }

    private void read(String text, String where, boolean first) {
        JournalLine line;
        try {
            line = JournalLine.CODEC.parse(text);
        } catch (RecordMismatch e) {
            // Whatever follows may be well, above all the story at the end.
            stop(new Replayed.Unreadable(where, why(e)));
            return;
        }
        if (end.isPresent() || first != line instanceof Head) {
            stop(new Replayed.Unreadable(where, first ? "not an incident" : "a line out of order"));
            return;
        }
        switch (line) {
            case Head head -> begin(head, where);
            case Start start -> {
                recovery = brains.apply(start.config());
                state = start.state();
            }
            case Taken taken -> step(taken, where);
            case End last -> {
                story = Optional.of(last.story());
                end = Optional.of(
                        last.leftOut().<Replayed>map(Replayed.NotRecorded::new).orElseGet(() -> whole(where)));
            }
        }
    }

    private void begin(Head head, String where) {
        version = Optional.of(head.version());
        if (head.format() != JournalLine.FORMAT) {
            stop(new Replayed.Unreadable(
                    where, "format " + head.format() + ", and this program reads " + JournalLine.FORMAT));
        }
    }

    private void step(Taken taken, String where) {
        if (trouble.isPresent()) {
            return;
        }
        if (recovery == null || state == null) {
            stop(new Replayed.Unreadable(where, "a step before the start"));
            return;
        }
        Step step;
        try {
            step = recovery.step(state, taken.observation(), taken.now());
        } catch (RuntimeException bug) {
            // The very thing that a replay is there to show.
            stop(new Replayed.Threw(steps, taken.now(), taken.observation(), bug.toString()));
            return;
        }
        witness.onStep(state, taken.observation(), taken.now(), step);
        if (!step.actions().equals(taken.actions())) {
            stop(new Replayed.Different(steps, taken.now(), taken.observation(), taken.actions(), step.actions()));
        }
        state = step.state();
        steps++;
    }

    private Replayed whole(String where) {
        return steps == 0 ? new Replayed.Unreadable(where, "no step before the end") : new Replayed.Same(steps);
    }

    /** The first reason to stop is the one that counts. */
    private void stop(Replayed result) {
        trouble = trouble.or(() -> Optional.of(result));
    }

    private static String why(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    /** Ends with an error where more comes out than any incident of ours holds. */
    private static final class Bounded extends InputStream {
        private final InputStream in;
        private int left = READ_LIMIT;

        Bounded(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return spent(in.read(), 1);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            return spent(read, read);
        }

        private int spent(int result, int bytes) throws IOException {
            left -= result < 0 ? 0 : bytes;
            if (left < 0) {
                throw new IOException("more than " + READ_LIMIT + " bytes");
            }
            return result;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
