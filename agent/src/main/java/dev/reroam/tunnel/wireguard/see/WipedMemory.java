package dev.reroam.tunnel.wireguard.see;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Memory for files that hold private keys: outside the heap, and cleared after each. Confined to the slow lane. */
final class WipedMemory {

    private static final byte[] ZEROS = new byte[4096];

    private final ByteBuffer buffer;

    /** @param largest the longest file that it takes, bytes */
    WipedMemory(int largest) {
        // One more: a file that fills it has grown meanwhile, and its end was not seen.
        buffer = ByteBuffer.allocateDirect(largest + 1);
    }

    /**
     * Hands over a file's content, which is gone when this returns.
     *
     * @return false where the file is too long, and was not handed over
     */
    boolean read(Path file, Consumer<ByteBuffer> reader) throws IOException {
        buffer.clear();
        try (var channel = FileChannel.open(file)) {
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // Until the end of the file or of the room.
            }
            if (!buffer.hasRemaining()) {
                return false;
            }
            reader.accept(buffer.flip().duplicate());
            return true;
        } finally {
            int used = Math.max(buffer.position(), buffer.limit() == buffer.capacity() ? 0 : buffer.limit());
            buffer.clear();
            for (int at = 0; at < used; at += ZEROS.length) {
                buffer.put(at, ZEROS, 0, Math.min(ZEROS.length, used - at));
            }
        }
    }
}
