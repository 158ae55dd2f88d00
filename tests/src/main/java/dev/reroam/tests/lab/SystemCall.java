package dev.reroam.tests.lab;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One system call of a thread, of those that strace(1) wrote down.
 *
 * @param effect what outside the process may be another after it, and stay so; empty where nothing may. Between two calls
 *     with an effect all crashes leave the same: what a process waits for, asks, reads or makes for itself goes with it,
 *     and its sockets close
 */
public record SystemCall(String kind, Optional<Effect> effect) {

    /**
     * What a call does to the world: the same in each repair of its kind, however many questions come before.
     *
     * @param number 1 is the first that does this
     */
    public record Effect(String what, int number) {
        @Override
        public String toString() {
            return what + " " + number;
        }
    }

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
            "gettid",
            "clock_nanosleep",
            "sched_yield",
            "rt_sigprocmask",
            "rt_sigaction",
            "rt_sigreturn");

    private static final Pattern CALL = Pattern.compile("([a-z]\\w*)\\(.*");
    // A file that is read, a line of the log, a port of its own, and what wakes another thread (an eventfd).
    private static final Pattern OWN = Pattern.compile(
            "openat\\(.*O_RDONLY.*|write\\(2, .*|write\\(\\d+, \"\\\\1(\\\\0){7}\", 8.*|bind\\(.*port=htons\\(0\\).*");
    private static final Pattern NETLINK =
            Pattern.compile("sendto\\(\\d+, \\[?\\{nlmsg_len=\\d+, nlmsg_type=([^,]*), nlmsg_flags=([^,]*),.*");
    // 0x300 is NLM_F_DUMP, of families that strace does not know.
    private static final Pattern DUMP = Pattern.compile(".*(NLM_F_DUMP|0x300).*");
    private static final Pattern DAEMON = Pattern.compile("sendto\\(\\d+, \"(get|set)=1.*");

    /** The calls of a report, a line for each. */
    static List<SystemCall> read(List<String> lines) {
        var effects = new HashMap<String, Integer>();
        var calls = new ArrayList<SystemCall>();
        for (var line : lines) {
            var call = CALL.matcher(line);
            if (call.matches()) {
                String kind = call.group(1);
                var effect = effect(kind, line).map(what -> new Effect(what, effects.merge(what, 1, Integer::sum)));
                calls.add(new SystemCall(kind, effect));
            }
        }
        return calls;
    }

    private static Optional<String> effect(String kind, String line) {
        if (PRIVATE.contains(kind) || OWN.matcher(line).matches()) {
            return Optional.empty();
        }
        var netlink = NETLINK.matcher(line);
        if (netlink.matches()) {
            boolean asks = netlink.group(1).startsWith("RTM_GET")
                    || DUMP.matcher(netlink.group(2)).matches();
            return asks ? Optional.empty() : Optional.of("netlink " + netlink.group(1));
        }
        var daemon = DAEMON.matcher(line);
        if (daemon.matches()) {
            return Optional.of(daemon.group(1)).filter("set"::equals);
        }
        return Optional.of(kind);
    }

    @Override
    public String toString() {
        return effect.map(Effect::toString).orElse(kind);
    }
}
