package dev.reroam.tests.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A process that cannot be mistaken for a later one with the same number. Immutable.
 *
 * @param startTicks when it started, in clock ticks since boot: proc(5), /proc/PID/stat field 22
 */
record ProcessIdentity(long pid, long startTicks) {

    // proc(5): counted after the command name, which is in brackets and may hold blanks; the first is field 3.
    private static final int STATE = 0;
    private static final int START_TICKS = 22 - 3;

    /** The process as it is now; empty where none with that number runs (a zombie no longer does). */
    static Optional<ProcessIdentity> of(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            boolean ended = fields[STATE].equals("Z") || fields[STATE].equals("X");
            return ended
                    ? Optional.empty()
                    : Optional.of(new ProcessIdentity(pid, Long.parseLong(fields[START_TICKS])));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** This JVM. */
    static ProcessIdentity self() {
        long pid = ProcessHandle.current().pid();
        return of(pid).orElseThrow(() -> new IllegalStateException("/proc does not show process " + pid));
    }

    boolean alive() {
        return of(pid).equals(Optional.of(this));
    }

    /** Ends it at once, if it is still this very process. */
    void kill() {
        if (alive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    static ProcessIdentity parse(String pid, String startTicks) {
        return new ProcessIdentity(Long.parseLong(pid), Long.parseLong(startTicks));
    }
}
