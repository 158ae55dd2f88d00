package dev.reroam.steer;

import io.netty.channel.EventLoop;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * A shell program beside us, in a session of its own, that withdraws what is steered when we are dead or stand still. Confined
 * to the agent loop; started on the slow lane, when it is first wanted.
 *
 * <p>It knows us by a pipe, whose end is ours, and by {@link Heart a file}, in which a number changes while something is
 * steered. So it needs no process id, which another process may have by then. Where it cannot be had nothing is steered: rules
 * that outlive us would pin a tunnel to one uplink for ever.
 */
public final class Guardian implements Guard {

    private static final byte[] BEGIN = "steer\n".getBytes(StandardCharsets.US_ASCII);

    private final Path file;
    private final String run;
    private final Executor slowLane;
    private final EventLoop loop;
    private final List<Consumer<Optional<String>>> waiting = new ArrayList<>();
    private Runnable ended = () -> {};
    // Null while it does not run.
    private @Nullable Guarding guarding;
    private boolean starting;
    private boolean resting = true;
    private boolean closed;

    /** One that runs, and the file in which it sees us. */
    private record Guarding(Process process, OutputStream pipe, Heart heart) {}

    /**
     * Nothing is started yet.
     *
     * @param heart an absolute path in a folder that is gone after a reboot; the same for each run in one network namespace
     * @param slowLane runs one task after another
     * @param random tells this run from the one before and the one after
     */
    public Guardian(Path heart, Executor slowLane, EventLoop loop, RandomGenerator random) {
        this.file = heart;
        this.slowLane = slowLane;
        this.loop = loop;
        this.run = HexFormat.of().toHexDigits(random.nextLong());
    }

    /**
     * Whether an earlier run ended without a word while it steered. Its rules are gone or swept, but what was sent over another
     * uplink may stay there by itself: a socket remembers its source.
     *
     * @param heart as of the constructor; to be asked before one is made
     */
    public static boolean diedSteering(Path heart) {
        return Heart.stoppedBeating(heart);
    }

    @Override
    public void onEnd(Runnable task) {
        ended = task;
    }

    @Override
    public void prepare(Consumer<Optional<String>> then) {
        if (closed) {
            then.accept(Optional.of("the agent stops"));
            return;
        }
        if (guarding != null) {
            then.accept(Optional.empty());
            return;
        }
        waiting.add(then);
        if (!starting) {
            starting = true;
            try {
                slowLane.execute(this::start);
            } catch (RejectedExecutionException e) {
                onStarted(null, Optional.of(String.valueOf(e.getMessage())));
            }
        }
    }

    /** On the slow lane. */
    private void start() {
        Guarding started = null;
        Optional<String> problem;
        try {
            problem = GuardianProgram.problem();
            if (problem.isEmpty()) {
                var heart = Heart.open(file, run);
                var process = GuardianProgram.start(file, run);
                started = new Guarding(process, process.getOutputStream(), heart);
            }
        } catch (IOException e) {
            problem = Optional.of("the guardian cannot be started: " + e.getMessage());
        }
        var done = started;
        var why = problem;
        loop.execute(() -> onStarted(done, why));
    }

    private void onStarted(@Nullable Guarding started, Optional<String> problem) {
        starting = false;
        guarding = started;
        if (started != null) {
            var unused = started.process.onExit().thenAcceptAsync(this::onExit, loop);
        }
        if (closed) {
            letGo();
        }
        var told = closed ? Optional.of("the agent stops") : problem;
        var asked = List.copyOf(waiting);
        waiting.clear();
        asked.forEach(one -> one.accept(told));
    }

    private void onExit(Process process) {
        if (guarding != null && guarding.process.equals(process)) {
            Logger.warn("the guardian of the steering has ended, exit {}", process.exitValue());
            letGo();
            ended.run();
        }
    }

    @Override
    public boolean begin() {
        if (guarding == null) {
            return false;
        }
        resting = false;
        beat();
        try {
            guarding.pipe.write(BEGIN);
            guarding.pipe.flush();
            return true;
        } catch (IOException e) {
            // EPIPE: its exit is told in a moment.
            Logger.warn("the guardian of the steering is gone: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void beat() {
        if (guarding != null) {
            guarding.heart.beat();
        }
    }

    @Override
    public void rest() {
        resting = true;
        if (guarding != null) {
            guarding.heart.rest();
        }
    }

    /** Where something is still steered it goes on until that is withdrawn; else it ends at once. */
    @Override
    public void close() {
        closed = true;
        var last = guarding;
        letGo();
        if (resting) {
            if (last != null) {
                last.process.destroy();
            }
            // While we still are the only agent here: the file of the next one has the same name.
            free(() -> Files.deleteIfExists(file));
        }
    }

    private void letGo() {
        if (guarding != null) {
            var left = guarding;
            guarding = null;
            // The end of the pipe is what ends it.
            free(left.pipe);
            free(left.heart);
        }
    }

    private static void free(AutoCloseable thing) {
        try {
            thing.close();
        } catch (Exception e) {
            // Why it is safe: close(2) frees the descriptor whatever it says, and a file that stays is only a file.
            Logger.debug("at the end of the guardian: {}", e.getMessage());
        }
    }
}
