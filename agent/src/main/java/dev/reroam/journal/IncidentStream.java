package dev.reroam.journal;

import dev.reroam.journal.JournalLine.End;
import dev.reroam.journal.JournalLine.Head;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the file of one incident, line by line, compressing as it goes. Confined to the slow lane, but for
 * {@link #leftOut}.
 */
final class IncidentStream {

    /** The design's bound for one incident. */
    static final int COMPRESSED_LIMIT = 32 << 10;

    // Ours: bounds the work of whoever reads it again, for 32 KiB of gzip can stand for 32 MiB.
    static final int PLAIN_LIMIT = 4 << 20;

    private static final String TOO_LARGE = "the observations take more than 32 KiB";

    /** Lines on their way into compressed bytes. */
    private static final class Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final GZIPOutputStream gzip;
        private long plain;

        Sink(Head head) throws IOException {
            gzip = new GZIPOutputStream(bytes);
            write(head);
        }

        void write(JournalLine line) throws IOException {
            byte[] text = (JournalLine.CODEC.text(line) + "\n").getBytes(StandardCharsets.UTF_8);
            plain += text.length;
            gzip.write(text);
        }

        boolean tooLarge() {
            return plain > PLAIN_LIMIT || bytes.size() > COMPRESSED_LIMIT;
        }

        /** The compressor holds memory outside the heap, until this. */
        byte[] close() throws IOException {
            gzip.close();
            return bytes.toByteArray();
        }
    }

    private final Head head;
    // Written on the slow lane, read on the loop: the hand-over point.
    private volatile Optional<String> leftOut = Optional.empty();
    private @Nullable Sink sink;

    IncidentStream(Head head) {
        this.head = head;
    }

    /** Why the observations are dropped; empty while they are not. Safe from any thread. */
    Optional<String> leftOut() {
        return leftOut;
    }

    void add(List<? extends JournalLine> lines) {
        try {
            for (JournalLine line : lines) {
                if (leftOut.isPresent()) {
                    return;
                }
                Sink into = sink();
                into.write(line);
                if (into.tooLarge()) {
                    drop(TOO_LARGE);
                }
            }
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    /** Gives the observations up. */
    void drop(String why) {
        leftOut = Optional.of(why);
        try {
            if (sink != null) {
                sink.close();
                sink = null;
            }
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    /** The whole file, never more than 32 KiB; {@link #leftOut} then says whether it can be replayed. The last call. */
    byte[] finish(IncidentStory story) {
        try {
            if (leftOut.isEmpty()) {
                Sink whole = sink();
                sink = null;
                whole.write(new End(story, Optional.empty()));
                byte[] bytes = whole.close();
                if (bytes.length <= COMPRESSED_LIMIT) {
                    return bytes;
                }
                leftOut = Optional.of(TOO_LARGE);
            }
            int most = Math.max(story.timeline().size(), story.outages().size());
            while (true) {
                var brief = new Sink(head);
                brief.write(new End(story.shortened(most), leftOut));
                byte[] bytes = brief.close();
                // With no note at all it is a few hundred bytes: this ends.
                if (bytes.length <= COMPRESSED_LIMIT) {
                    return bytes;
                }
                most /= 2;
            }
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    private Sink sink() throws IOException {
        Sink open = sink == null ? new Sink(head) : sink;
        sink = open;
        return open;
    }

    private static UncheckedIOException inMemory(IOException e) {
        return new UncheckedIOException("an array refused bytes", e);
    }
}
