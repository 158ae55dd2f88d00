package dev.reroam.tunnel.tailscale;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * A stream to lines. One that is longer than what anybody reads here is passed over to its end, without being kept; one that has
 * no end ends the stream. Confined to one thread.
 */
final class LineCutter {

    /** Ours: states and warnings are a few KiB; network maps, which are not asked for, may be megabytes. */
    static final int LONGEST = 256 * 1024;

    /** Ours: no line is that long, so somebody sends for ever. */
    static final long ENDLESS = 32L * 1024 * 1024;

    private final Consumer<String> lines;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long length;
    private long passedOver;

    LineCutter(Consumer<String> lines) {
        this.lines = lines;
    }

    /** Takes in all that can be read; false where the line has no end. */
    boolean accept(ByteBuf bytes) {
        while (bytes.isReadable()) {
            int end = bytes.bytesBefore((byte) '\n');
            int part = end < 0 ? bytes.readableBytes() : end;
            take(bytes, part);
            if (end >= 0) {
                bytes.skipBytes(1);
                end();
            } else if (length > ENDLESS) {
                return false;
            }
        }
        return true;
    }

    private void take(ByteBuf bytes, int part) {
        length += part;
        if (length > LONGEST) {
            line.reset();
            bytes.skipBytes(part);
            return;
        }
        var piece = new byte[part];
        bytes.readBytes(piece);
        line.writeBytes(piece);
    }

    private void end() {
        if (length > LONGEST) {
            passedOver++;
        } else if (length > 0) {
            lines.accept(line.toString(StandardCharsets.UTF_8));
        }
        line.reset();
        length = 0;
    }

    /** Lines that were too long. */
    long passedOver() {
        return passedOver;
    }
}
