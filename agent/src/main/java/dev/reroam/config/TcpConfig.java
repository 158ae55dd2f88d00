package dev.reroam.config;

import java.util.List;

/**
 * Whose TCP connections are ended when the uplink that they use is gone. Immutable.
 *
 * @param programs by the name of the process or of its file; empty: nobody's
 */
public record TcpConfig(List<String> programs) {

    /** Ours: each is compared with each process, in an incident. */
    static final int MOST_PROGRAMS = 32;

    // linux/limits.h NAME_MAX
    private static final int LONGEST_NAME = 255;

    /** Where nothing is configured. */
    public static final TcpConfig DEFAULT =
            new TcpConfig(List.of("tailscaled", "cloudflared", "netbird", "zerotier-one"));

    public TcpConfig {
        programs = List.copyOf(programs);
        programs.forEach(name -> {
            if (!isName(name)) {
                throw new IllegalArgumentException("'" + name + "' cannot be the name of a program");
            }
        });
    }

    static boolean isName(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST_NAME
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().allMatch(c -> c > ' ' && c != 127 && c != '/');
    }
}
