package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes down the system calls of one thread of a process from now on, and kills the process at one of them, by strace(1):
 * that call is entered and not made. Used by one thread.
 *
 * @param written strace's report, a line for each call
 */
public record KillAtCall(Process strace, Path written) {

    private static final Duration ATTACH = Duration.ofSeconds(10);
    /** Each call of the kind waits so long before it is made: time to see which one it is. */
    private static final Duration HELD = Duration.ofMillis(150);

    private static final Duration LOOK = Duration.ofMillis(3);

    /** Attaches without ever killing. */
    public static KillAtCall never(Topology net, long process, long thread) {
        return attach(net, process, thread, List.of());
    }

    /**
     * Attaches to a thread, and kills its process at the call that has this effect, by what the call says and not by how
     * many come before it: no two repairs ask as many questions.
     */
    public static KillAtCall at(Topology net, long process, long thread, SystemCall call) {
        var effect = call.effect().orElseThrow();
        var attached = holding(net, process, thread, call.kind(), HELD);
        Thread.ofPlatform().daemon().name("killer").start(() -> {
            while (attached.strace.isAlive()) {
                if (attached.calls().stream().anyMatch(now -> now.effect().equals(Optional.of(effect)))) {
                    ProcessHandle.of(process).ifPresent(ProcessHandle::destroyForcibly);
                    return;
                }
                Pause.of(LOOK);
            }
        });
        return attached;
    }

    /** Attaches to a thread and kills nobody: each call of those kinds is held back before it is made. */
    public static KillAtCall holding(Topology net, long process, long thread, String kinds, Duration time) {
        return attach(
                net, process, thread, List.of("-e", "inject=" + kinds + ":delay_enter=" + time.toMillis() * 1_000));
    }

    private static KillAtCall attach(Topology net, long process, long thread, List<String> injection) {
        var written = net.belongings().scratch("calls-" + process + "-" + thread);
        var words = new ArrayList<>(List.of("strace", "-q", "-s", "48", "-o", written.toString()));
        words.addAll(List.of("-p", Long.toString(thread)));
        words.addAll(injection);
        var strace = net.router().start(ProcessBuilder.Redirect.DISCARD, words);
        var status = Path.of("/proc/" + process + "/task/" + thread + "/status");
        // Killed by its very first call, the thread is gone and strace with it.
        boolean attached = Pause.until(ATTACH, () -> traced(status) || !strace.isAlive());
        if (!attached) {
            throw new IllegalStateException("strace does not attach to thread " + thread);
        }
        return new KillAtCall(strace, written);
    }

    private static boolean traced(Path status) {
        try {
            return Files.readAllLines(status).stream()
                    .anyMatch(line -> line.startsWith("TracerPid:") && !line.endsWith("\t0"));
        } catch (IOException gone) {
            return false;
        }
    }

    /** The calls so far, in order; the last one is that at which the process was killed, where it was. */
    public List<SystemCall> calls() {
        return SystemCall.read(lines());
    }

    /** The end of strace's report, for people. */
    public String tail() {
        var lines = lines();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 12), lines.size()));
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(written);
        } catch (IOException none) {
            return List.of();
        }
    }

    /** Lets go of the thread; harmless when the process is dead. */
    public void detach() {
        strace.toHandle().destroy();
        Pause.until(ATTACH, () -> !strace.isAlive());
    }
}
