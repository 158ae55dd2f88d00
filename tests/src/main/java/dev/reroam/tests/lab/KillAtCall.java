package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Writes down the system calls of one thread of a process from now on, and kills the process at one of them, by strace(1):
 * that call is entered and not made. Used by one thread.
 *
 * @param written strace's report, a line for each call
 */
public record KillAtCall(Process strace, Path written) {

    private static final Duration ATTACH = Duration.ofSeconds(10);
    // Those that a JVM makes; one that is not named counts as one that changes something.
    private static final Set<String> PRIVATE = Set.of(
            "futex",
            "epoll_wait",
            "epoll_pwait",
            "epoll_pwait2",
            "epoll_ctl",
            "poll",
            "ppoll",
            "read",
            "pread64",
            "readv",
            "recvfrom",
            "recvmsg",
            "lseek",
            "getsockname",
            "getsockopt",
            "setsockopt",
            "mprotect",
            "mmap",
            "munmap",
            "madvise",
            "brk",
            "fstat",
            "newfstatat",
            "stat",
            "access",
            "socket",
            "close",
            "getrusage",
            "clock_nanosleep",
            "sched_yield",
            "rt_sigprocmask",
            "rt_sigaction",
            "rt_sigreturn");
    private static final Pattern CALL = Pattern.compile("([a-z]\\w*)\\(.*");

    /**
     * One call of a sequence. strace counts each kind of call for itself ({@code inject=all:when=K} strikes at the first
     * kind that reaches K), so the k-th call is named by its kind and how many of that kind come before it.
     *
     * @param occurrence 1 is the first of its kind
     */
    public record Call(String kind, int occurrence) {

        /**
         * Whether something outside the process may be another after it, and stay so. Between two such calls all crashes
         * leave the same: what a process waits for, reads or makes for itself goes with it, and its sockets close.
         */
        public boolean changesSomething() {
            return !PRIVATE.contains(kind);
        }

        @Override
        public String toString() {
            return kind + " " + occurrence;
        }
    }

    /** Attaches without ever killing. */
    public static KillAtCall never(Topology net, long process, long thread) {
        return attach(net, process, thread, List.of());
    }

    /** Attaches to a thread, whose calls are counted from here. */
    public static KillAtCall at(Topology net, long process, long thread, Call call) {
        return attach(
                net,
                process,
                thread,
                List.of("-e", "inject=" + call.kind() + ":signal=SIGKILL:when=" + call.occurrence()));
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

    /** The calls so far, in order. */
    public List<Call> calls() {
        var seen = new HashMap<String, Integer>();
        var calls = new ArrayList<Call>();
        for (var line : lines()) {
            var call = CALL.matcher(line);
            if (call.matches()) {
                calls.add(new Call(call.group(1), seen.merge(call.group(1), 1, Integer::sum)));
            }
        }
        return calls;
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
