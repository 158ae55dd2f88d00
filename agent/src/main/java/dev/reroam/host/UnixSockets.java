package dev.reroam.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Which unix sockets somebody listens on in our network namespace: a file system may be shared by all of them, and
 * {@code /proc/net/unix} lists those that were made in ours. Stateless; reads a small file of /proc.
 */
public final class UnixSockets {

    // linux/net.h SO_ACCEPTCON, as /proc/net/unix shows it
    private static final long LISTENING = 1L << 16;
    private static final int FLAGS_FIELD = 3;
    private static final int PATH_FIELD = 7;

    private UnixSockets() {}

    /**
     * Whether somebody here listens on it.
     *
     * @param proc where procfs is mounted
     */
    public static boolean isListening(Path proc, String path) {
        try (var lines = Files.newBufferedReader(self(proc).resolve("net/unix"), StandardCharsets.ISO_8859_1)) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.endsWith(path) && isListening(line, path)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // Why it is safe: not listed only means that nobody here is known to.
            return false;
        }
        return false;
    }

    private static boolean isListening(String line, String path) {
        String[] fields = line.split(" +", PATH_FIELD + 1);
        if (fields.length <= PATH_FIELD || !fields[PATH_FIELD].equals(path)) {
            return false;
        }
        try {
            return (Long.parseLong(fields[FLAGS_FIELD], 16) & LISTENING) != 0;
        } catch (NumberFormatException e) {
            // Why it is safe: as above.
            return false;
        }
    }

    /** The calling thread, for it may be in another namespace than its process; kernels before 3.17 know the latter only. */
    public static Path self(Path proc) {
        var thread = proc.resolve("thread-self");
        return Files.exists(thread) ? thread : proc.resolve("self");
    }
}
