package dev.reroam.journal;

import dev.reroam.journal.IncidentStory.Outage;
import dev.reroam.journal.IncidentStory.Told;
import dev.reroam.record.RecordJson;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** {@code reroam replay INCIDENT}: prints an incident's timeline and whether this program would do the same again. */
public final class ReplayCommand {

    /** Every action is the same. */
    public static final int SAME = 0;
    /** Some action is another one. */
    public static final int DIFFERENT = 1;
    /** It cannot be replayed, and so is neither. */
    public static final int UNDECIDED = 2;

    private static final RecordJson<Action> ACTIONS = RecordJson.of(Action.class);
    private static final RecordJson<Observation> OBSERVATIONS = RecordJson.of(Observation.class);

    private static final double NANOS_PER_MILLI = 1e6;

    private final String version;
    private final PrintStream out;

    /**
     * A command that prints to {@code out}.
     *
     * @param version this program's
     */
    public ReplayCommand(String version, PrintStream out) {
        this.version = version;
        this.out = out;
    }

    /** Replays the file; the answer is the exit code: {@link #SAME}, {@link #DIFFERENT} or {@link #UNDECIDED}. */
    public int run(Path file) {
        return print(Replay.run(file));
    }

    int print(Replay.Result result) {
        result.story().ifPresent(this::print);
        result.version()
                .filter(recorded -> !recorded.equals(version))
                .ifPresent(recorded ->
                        out.println("note: recorded by version " + recorded + ", replayed by version " + version));
        return verdict(result.replayed());
    }

    private void print(IncidentStory story) {
        out.println("incident " + story.id() + ", " + Instant.ofEpochMilli(story.openedMillis()) + ", "
                + word(story.state()) + ": " + story.cause());
        for (Told told : story.timeline()) {
            out.println(String.format(
                    Locale.ROOT,
                    "%+12.1f ms  %-8s  %s%s",
                    told.atNanos() / NANOS_PER_MILLI,
                    word(told.kind()),
                    told.tunnel().map(tunnel -> tunnel + ": ").orElse(""),
                    told.what()));
        }
        if (story.notesLeftOut() > 0) {
            out.println("  (" + story.notesLeftOut() + " notes in the middle were left out)");
        }
        for (Outage outage : story.outages()) {
            out.println("  " + outage.tunnel() + " did not carry " + lasted(outage));
        }
        if (story.outagesLeftOut() > 0) {
            out.println("  (and " + story.outagesLeftOut() + " more tunnels)");
        }
    }

    private static String lasted(Outage outage) {
        return outage.toNanos().isPresent()
                ? String.format(
                        Locale.ROOT,
                        "for %.1f ms",
                        (outage.toNanos().getAsLong() - outage.fromNanos()) / NANOS_PER_MILLI)
                : String.format(
                        Locale.ROOT, "since %+.1f ms, as far as is known", outage.fromNanos() / NANOS_PER_MILLI);
    }

    private int verdict(Replayed replayed) {
        return switch (replayed) {
            case Replayed.Same same -> {
                out.println("replayed " + same.steps() + " steps: every action is the same");
                yield SAME;
            }
            case Replayed.Different different -> {
                out.println("step " + different.index() + " is different, after "
                        + OBSERVATIONS.text(different.observation()));
                difference(different.expected(), different.actual());
                yield DIFFERENT;
            }
            case Replayed.Threw threw -> {
                out.println("step " + threw.index() + " threw " + threw.what() + ", after "
                        + OBSERVATIONS.text(threw.observation()));
                yield DIFFERENT;
            }
            case Replayed.NotRecorded nothing -> {
                out.println("cannot be replayed: " + nothing.why());
                yield UNDECIDED;
            }
            case Replayed.Unreadable unreadable -> {
                out.println(unreadable.where() + ": cannot be read: " + unreadable.why());
                yield UNDECIDED;
            }
        };
    }

    /** What stayed, what is gone ({@code -}) and what is new ({@code +}), in the order of the recording. */
    private void difference(List<Action> expected, List<Action> actual) {
        int same = 0;
        while (same < Math.min(expected.size(), actual.size())
                && expected.get(same).equals(actual.get(same))) {
            out.println("  " + ACTIONS.text(expected.get(same)));
            same++;
        }
        expected.subList(same, expected.size()).forEach(gone -> out.println("- " + ACTIONS.text(gone)));
        actual.subList(same, actual.size()).forEach(added -> out.println("+ " + ACTIONS.text(added)));
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
