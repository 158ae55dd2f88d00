package dev.reroam.steer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tinylog.Logger;

/**
 * The file by which the guardian sees whether we live: {@code RUN NUMBER}, another number at each beat, or {@code RUN rest}.
 * In memory (tmpfs), so a beat is one short write. Confined to the agent loop once it is open.
 */
final class Heart implements AutoCloseable {

    private static final Pattern BEATING = Pattern.compile("\\S+ \\d+\n(?s:.*)");
    private static final int LONGEST = 200;

    private final String run;
    private final FileChannel channel;
    // Always of 19 digits, so that no reader sees the end of a longer line before it.
    private long beats = 1_000_000_000_000_000_000L;
    private boolean silent;

    private Heart(String run, FileChannel channel) {
        this.run = run;
        this.channel = channel;
    }

    /** Makes the file, or takes the one over that an earlier run left; at rest. */
    static Heart open(Path file, String run) throws IOException {
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
        var heart = new Heart(
                run,
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
        heart.put("rest");
        return heart;
    }

    /**
     * Whether an earlier run ended without a word while something was steered; false where the file does not say, as after a reboot.
     * To be asked before a run of our own opens it.
     */
    static boolean stoppedBeating(Path file) {
        try {
            return Files.size(file) <= LONGEST
                    && BEATING.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                            .matches();
        } catch (IOException e) {
            // Why it is safe: there was none, or nobody can say.
            return false;
        }
    }

    /** We live, and something is steered. */
    void beat() {
        beats++;
        say(Long.toString(beats));
    }

    /** Nothing is steered. */
    void rest() {
        say("rest");
    }

    private void say(String sign) {
        try {
            put(sign);
            silent = false;
        } catch (IOException e) {
            // Why it is safe: the guardian then withdraws what is steered, and that is seen.
            if (!silent) {
                silent = true;
                Logger.warn("no sign for the guardian of the steering: {}", e.getMessage());
            }
        }
    }

    private void put(String sign) throws IOException {
        var line = ByteBuffer.wrap((run + " " + sign + "\n").getBytes(StandardCharsets.US_ASCII));
        int length = line.remaining();
        if (channel.write(line, 0) != length) {
            throw new IOException("written in part only");
        }
    }

    /** The file stays, for the guardian reads it once more. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
