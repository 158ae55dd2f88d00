package dev.reroam.tests.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads a stream to its end on a thread of its own, so that a program that complains at length never blocks. */
final class Drain {

    private static final int KEPT = 16_384;

    // The reader's until it has ended; joining it hands this over.
    private final StringBuilder kept = new StringBuilder();
    private final Thread reader;

    Drain(InputStream stream) {
        reader = Thread.ofPlatform().daemon().name("drain").start(() -> read(stream));
    }

    /** What was read, once the stream has ended; at most the first 16 KiB. */
    String text() throws InterruptedException {
        reader.join();
        return kept.toString();
    }

    private void read(InputStream stream) {
        byte[] bytes = new byte[2048];
        try (stream) {
            for (int n = stream.read(bytes); n >= 0; n = stream.read(bytes)) {
                if (kept.length() < KEPT) {
                    kept.append(new String(bytes, 0, n, StandardCharsets.UTF_8));
                }
            }
        } catch (IOException e) {
            kept.append(e.getMessage());
        }
    }
}
