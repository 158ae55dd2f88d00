package dev.reroam.journal;

import com.google.gson.JsonElement;
import dev.reroam.journal.JournalLine.End;
import dev.reroam.journal.JournalLine.Head;
import dev.reroam.record.RecordJson;
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
    private static final String ALIKE = "two peers have keys that begin alike";

    /** Lines on their way into compressed bytes. */
    private static final class Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final GZIPOutputStream gzip;
        private long plain;

        Sink(Head head) throws IOException {
            gzip = new GZIPOutputStream(bytes);
            write(JournalLine.CODEC.write(head));
        }

        void write(JsonElement line) throws IOException {
            byte[] text = (RecordJson.text(line) + "\n").getBytes(StandardCharsets.UTF_8);
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
    private final KeyShortener keys = new KeyShortener();
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
        for (JournalLine line : lines) {
            if (leftOut.isEmpty()) {
                add(line);
            }
        }
    }

    private void add(JournalLine line) {
        Optional<JsonElement> shortened = keys.shortened(JournalLine.CODEC.write(line));
        if (shortened.isEmpty()) {
            drop(ALIKE);
            return;
        }
        try {
            Sink into = sink == null ? new Sink(head) : sink;
            sink = into;
            into.write(shortened.get());
            if (into.tooLarge()) {
                drop(TOO_LARGE);
            }
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    /** Gives the observations up. */
    void drop(String why) {
        leftOut = Optional.of(why);
        closed();
    }

    /** The whole file, never more than 32 KiB; {@link #leftOut} then says whether it can be replayed. The last call. */
    byte[] finish(IncidentStory story) {
        add(List.of(new End(story, Optional.empty())));
        byte[] whole = closed();
        if (leftOut.isEmpty() && whole.length <= COMPRESSED_LIMIT) {
            return whole;
        }
        leftOut = Optional.of(leftOut.orElse(TOO_LARGE));
        int most = Math.max(story.timeline().size(), story.outages().size());
        while (true) {
            byte[] brief = brief(new End(story.shortened(most), leftOut));
            // With no note at all it is a few hundred bytes: this ends.
            if (brief.length <= COMPRESSED_LIMIT) {
                return brief;
            }
            most /= 2;
        }
    }

    private byte[] brief(End end) {
        try {
            var brief = new Sink(head);
            brief.write(JournalLine.CODEC.write(end));
            return brief.close();
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    private byte[] closed() {
        try {
            byte[] bytes = sink == null ? new byte[0] : sink.close();
            sink = null;
            return bytes;
        } catch (IOException e) {
            throw inMemory(e);
        }
    }

    private static UncheckedIOException inMemory(IOException e) {
        return new UncheckedIOException("an array refused bytes", e);
    }
}
