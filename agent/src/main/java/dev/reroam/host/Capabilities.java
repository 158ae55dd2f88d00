package dev.reroam.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The effective capabilities of this process. Immutable.
 *
 * @param mask bit N is capability N of linux/capability.h
 */
public record Capabilities(long mask) {

    /** Reads {@code CapEff} of {@code /proc/self/status}, proc_pid_status(5). */
    public static Capabilities current() throws IOException {
        return read(Path.of("/proc/self/status"));
    }

    static Capabilities read(Path status) throws IOException {
        for (String line : Files.readAllLines(status, StandardCharsets.ISO_8859_1)) {
            if (line.startsWith("CapEff:")) {
                String hex = line.substring("CapEff:".length()).strip();
                if (!hex.matches("[0-9a-f]{1,16}")) {
                    throw new IOException(status + ": not a capability mask: '" + hex + "'");
                }
                return new Capabilities(Long.parseUnsignedLong(hex, 16));
            }
        }
        throw new IOException(status + ": no line CapEff");
    }

    /** What the agent uses and this process has not, each with what that costs. */
    public List<Capability> missing() {
        return Arrays.stream(Capability.values()).filter(c -> !c.in(mask)).toList();
    }
}
