package dev.reroam.hooks;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Bytes to lines of at most {@value #LONGEST} bytes; a longer one is dropped to its end and counted. One thread. */
final class LineSplitter {

    /** Below what a pipe writes in one piece (PIPE_BUF, 4096), so lines of two writers never mix. */
    static final int LONGEST = 512;

    private static final byte END = '\n';

    private final Consumer<String> lines;
    private final byte[] line = new byte[LONGEST];
    private int length;
    private boolean tooLong;
    private long dropped;

    /** @param lines gets each line without its end; not empty, each byte a character */
    LineSplitter(Consumer<String> lines) {
        this.lines = lines;
    }

    /** Takes in what is between position and limit. */
    void accept(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == END) {
                end();
            } else if (length == LONGEST) {
                tooLong = true;
            } else {
                line[length++] = next;
            }
        }
    }

    private void end() {
        if (tooLong) {
            dropped++;
        } else if (length > 0) {
            lines.accept(new String(line, 0, length, StandardCharsets.ISO_8859_1));
        }
        length = 0;
        tooLong = false;
    }

    /** Lines that were too long. */
    long dropped() {
        return dropped;
    }
}
