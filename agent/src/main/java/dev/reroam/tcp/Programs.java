package dev.reroam.tcp;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The programs whose connections may be ended, by name: what {@code /proc/PID/comm} or the file of {@code /proc/PID/exe} is
 * called. Immutable.
 */
public record Programs(List<String> names) {

    // linux/sched.h TASK_COMM_LEN is 16 with its end
    private static final int COMMAND_LENGTH = 15;
    private static final String REPLACED = " (deleted)";
    /**
     * What these programs set with SO_MARK on their own connections, so that their own routes do not catch them: Tailscale's
     * net/netns (bypass mark), NetBird's fwmark of its policy rule.
     */
    private static final Map<String, Integer> MARKS = Map.of("tailscaled", 0x80000, "netbird", 0x1bd00);

    public Programs {
        names = List.copyOf(names);
    }

    /**
     * The name by which a process is one of them.
     *
     * @param command as the kernel has it, cut at 15 characters
     * @param executable path of its file; empty when not known
     */
    Optional<String> named(String command, String executable) {
        String file = executable.substring(executable.lastIndexOf('/') + 1);
        // An update removes the file under the running program.
        String name = file.endsWith(REPLACED) ? file.substring(0, file.length() - REPLACED.length()) : file;
        return names.stream()
                .filter(wanted -> wanted.equals(name) || cut(wanted).equals(command))
                .findFirst();
    }

    /** The one whose connections carry this mark. */
    Optional<String> marked(int mark) {
        return names.stream()
                .filter(name -> mark != 0 && MARKS.getOrDefault(name, 0) == mark)
                .findFirst();
    }

    /** The one that a control group of this name is made for: by systemd {@code NAME.service}, by procd {@code NAME}. */
    Optional<String> grouped(String folder) {
        return names.stream()
                .filter(name -> folder.equals(name) || folder.equals(name + ".service"))
                .findFirst();
    }

    private static String cut(String name) {
        return name.substring(0, Math.min(COMMAND_LENGTH, name.length()));
    }
}
