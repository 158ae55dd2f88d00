package dev.reroam.tunnel.wireguard.act;

import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation.RepairOutcome;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Has the owner of a device restart it, by the commands that a person has named. Confined to the agent's loop; programs are
 * started on the slow lane, and nobody waits for one there.
 *
 * <p>That it is not done twice in an incident is the brain's word, which stands in the ledger before the program starts: it is
 * written on the slow lane too, and earlier.
 */
public final class OwnerRestart implements AutoCloseable {

    /** Ours: netifd, systemd and wg-quick take seconds; what takes longer hangs. */
    public static final Duration LONGEST = Duration.ofSeconds(60);

    /** The last words of a program, for people. */
    private static final int MOST_BYTES = 300;

    /** A service's PATH may lack the sbin folders. */
    private static final String BECOME = """
            PATH=${PATH:-/bin}:/usr/sbin:/usr/bin:/sbin:/bin; exec "$0" "$@"
            """;

    private final EventLoop loop;
    private final Executor slowLane;
    private final Clock clock;
    private final Path log;
    private final Duration longest;
    private final Function<String, List<List<String>>> commands;
    private final Set<Run> running = new HashSet<>();

    /**
     * @param log what the programs print, the last one's only
     * @param longest after which a restart is ended
     * @param commands by the device's name, one after the other; only the last must succeed
     */
    public OwnerRestart(
            EventLoop loop,
            Executor slowLane,
            Clock clock,
            Path log,
            Duration longest,
            Function<String, List<List<String>>> commands) {
        this.loop = loop;
        this.slowLane = slowLane;
        this.clock = clock;
        this.log = log;
        this.longest = longest;
        this.commands = commands;
    }

    /**
     * Restarts it.
     *
     * @param wanted asked when what must precede is written down; if not, nothing is done
     * @param then is told once, on the loop; not at all when this is closed first
     */
    public void perform(Action.RestartOwner asked, BooleanSupplier wanted, Consumer<RepairOutcome> then) {
        var run = new Run(new ArrayDeque<>(commands.apply(asked.device().name())), then);
        running.add(run);
        slowLane.execute(() -> loop.execute(() -> {
            if (wanted.getAsBoolean()) {
                run.next();
            } else {
                run.end(new RepairOutcome.NotWanted());
            }
        }));
    }

    /** What was started goes on to its end: half a restart would be worse than none. */
    @Override
    public void close() {
        running.forEach(run -> run.alarm.close());
        running.clear();
    }

    private final class Run {

        private final Queue<List<String>> left;
        private final Consumer<RepairOutcome> then;
        private final Alarm alarm = new Alarm(loop, clock, this::hangs);
        private List<String> words = List.of();
        // Null before the first has started.
        private @Nullable Process process;

        Run(Queue<List<String>> left, Consumer<RepairOutcome> then) {
            this.left = left;
            this.then = then;
        }

        void next() {
            var command = left.poll();
            if (command == null) {
                end(words.isEmpty() ? new RepairOutcome.NotNeeded("nobody restarts it") : new RepairOutcome.Done());
                return;
            }
            words = command;
            Logger.info("runs '{}'", String.join(" ", words));
            alarm.setWithin(longest.toNanos());
            slowLane.execute(() -> start(command));
        }

        /** On the slow lane. */
        private void start(List<String> command) {
            var all = new ArrayList<>(List.of("sh", "-c", BECOME));
            all.addAll(command);
            try {
                var started = new ProcessBuilder(all)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                loop.execute(() -> process = started);
                var unused = started.onExit()
                        .thenAcceptAsync(
                                ended -> {
                                    String said = ended.exitValue() == 0 ? "" : lastWords();
                                    loop.execute(() -> ended(ended.exitValue(), said));
                                },
                                slowLane);
            } catch (IOException e) {
                loop.execute(() -> end(refused("EIO", String.valueOf(e.getMessage()))));
            }
        }

        private void ended(int exit, String said) {
            if (exit == 0 || !left.isEmpty()) {
                next();
            } else {
                end(refused("exit " + exit, said));
            }
        }

        private void hangs() {
            var hanging = process;
            if (hanging != null) {
                hanging.descendants().forEach(ProcessHandle::destroyForcibly);
                hanging.destroyForcibly();
            }
            end(refused("ETIMEDOUT", "it did not end within " + longest.toSeconds() + " s"));
        }

        private RepairOutcome refused(String errno, String why) {
            return new RepairOutcome.Refused("'" + String.join(" ", words) + "'", errno, why);
        }

        void end(RepairOutcome outcome) {
            alarm.close();
            if (running.remove(this)) {
                then.accept(outcome);
            }
        }
    }

    /** On the slow lane. */
    private String lastWords() {
        try (var file = FileChannel.open(log)) {
            var bytes = ByteBuffer.allocate(MOST_BYTES);
            file.position(Math.max(0, file.size() - MOST_BYTES));
            while (bytes.hasRemaining() && file.read(bytes) >= 0) {}
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
                    .strip()
                    .replaceAll("\\p{Cntrl}+", "; ");
        } catch (IOException e) {
            return "what it said cannot be read: " + e.getMessage();
        }
    }
}
