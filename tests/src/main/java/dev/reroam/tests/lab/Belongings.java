package dev.reroam.tests.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Everything that one experiment makes on this machine: written down before it is made, removed on close. Safe from any
 * thread.
 *
 * <p>Three chances to remove it: {@link #close()}; a shutdown hook (ctrl-C); and, after a crash, the next {@link #open()},
 * which sweeps every run whose owner is dead ({@link RunRecord}).
 */
public final class Belongings implements AutoCloseable {

    private static final Duration POLITE = Duration.ofSeconds(2);
    private static final AtomicInteger OPENED = new AtomicInteger();

    // A child writes itself down before it becomes the program, so that no crash of ours can lose it. Field 22 of
    // /proc/PID/stat is the 20th after the name in brackets.
    private static final String WRITE_DOWN_AND_BECOME = """
            write_down() { echo "process $$ ${20}" >>"$record"; }
            record=$1; shift; read -r stat </proc/$$/stat; write_down ${stat##*) }; exec "$@"
            """;

    private final String run;
    private final RunRecord record;
    private final Collection<Process> children = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Thread hook = new Thread(this::remove, "lab-cleanup");

    private Belongings(String run, RunRecord record) {
        this.run = run;
        this.record = record;
    }

    /** A new run with a name of its own; first removes what crashed runs have left. */
    public static Belongings open() {
        RunRecord.sweep();
        var self = ProcessIdentity.self();
        // Short, for interface names have 15 characters; of one width, so that no two processes' counts make one name.
        // The
        // kernel's highest process number (linux/threads.h PID_MAX_LIMIT, 2^22) has five digits to the base 36.
        var pid = "0000" + Long.toString(self.pid(), 36);
        var run = pid.substring(pid.length() - 5) + Integer.toString(OPENED.getAndIncrement(), 36);
        var belongings = new Belongings(run, RunRecord.open("rr" + run, self));
        Runtime.getRuntime().addShutdownHook(belongings.hook);
        return belongings;
    }

    /** {@code prefix}, this run's name and {@code suffix}: a name that no other run uses. */
    String unique(String prefix, String suffix) {
        return prefix + run + suffix;
    }

    /** Makes an empty network namespace. */
    Namespace namespace(String suffix) {
        var name = unique("rr", suffix);
        record.note("namespace " + name);
        return new Namespace(name, this);
    }

    /** Notes a file that is to be removed in the end, whoever creates it. */
    void file(Path path) {
        record.note("file " + path);
    }

    /** A scratch file of this run that does not exist yet. */
    public Path scratch(String name) {
        var path = Path.of("/tmp", unique("reroam-lab-", "-" + name));
        file(path);
        return path;
    }

    /** A folder of this run, removed with all that is in it. */
    Path scratchFolder(String name) {
        var path = Path.of("/tmp", unique("reroam-lab-", "-" + name));
        folder(path);
        try {
            return Files.createDirectory(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Notes a folder that is to be removed in the end with all that is in it, whoever creates it. */
    void folder(Path path) {
        record.note("folder " + path);
    }

    /** Notes that programs of this namespace start others that nobody writes down: all in it are ended in the end. */
    void everyProcessIn(Namespace namespace) {
        record.note("everyone in " + namespace.name());
    }

    /** Starts a program that runs until the end; {@code before} words are put before the recording (ip netns exec). */
    Process start(List<String> before, List<String> words, ProcessBuilder.Redirect output) {
        var all = new ArrayList<>(before);
        all.addAll(
                List.of("sh", "-c", WRITE_DOWN_AND_BECOME, "sh", record.path().toString()));
        all.addAll(words);
        try {
            var builder = new ProcessBuilder(all);
            if (!output.equals(ProcessBuilder.Redirect.PIPE)) {
                builder.redirectOutput(output).redirectError(output);
            }
            var process = builder.start();
            children.add(process);
            if (closed.get()) {
                process.destroyForcibly();
            }
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + String.join(" ", words), e);
        }
    }

    /** Removes everything; harmless when repeated. */
    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // Why it is safe: the hook runs already and finds nothing left to do.
        }
    }

    private void remove() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        // Through the handle: Process.destroy would close the pipes under their readers. And what they started, which
        // would
        // outlive them: the agent that a strace runs.
        var started = children.stream()
                .map(Process::toHandle)
                .flatMap(child -> Stream.concat(child.descendants(), Stream.of(child)))
                .toList();
        started.forEach(ProcessHandle::destroy);
        if (!Pause.until(POLITE, () -> started.stream().noneMatch(ProcessHandle::isAlive))) {
            started.forEach(ProcessHandle::destroyForcibly);
        }
        record.remove();
    }
}
