package dev.reroam.tunnel.tailscale;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineCutterTest {

    private final List<String> lines = new ArrayList<>();
    private final LineCutter cutter = new LineCutter(lines::add);

    private boolean accept(String text) {
        return cutter.accept(Unpooled.copiedBuffer(text, UTF_8));
    }

    @Test
    void cutsWhereverTheBytesWereCut() {
        for (String part : List.of("a", "b\nc", "\n\n", "dé", "\n", "e")) {
            assertTrue(accept(part));
        }
        assertEquals(List.of("ab", "c", "dé"), lines);
    }

    @Test
    void passesOverALineThatIsTooLongAndReadsTheNext() {
        String part = "x".repeat(1 << 16);
        for (int i = 0; i < 80; i++) {
            assertTrue(accept(part));
        }
        assertTrue(accept("\nshort\n"));
        assertEquals(List.of("short"), lines);
        assertEquals(1, cutter.passedOver());
    }

    @Test
    void endsWhereALineHasNone() {
        String part = "x".repeat(1 << 20);
        int taken = 0;
        while (accept(part)) {
            assertTrue(++taken < 64, "it never ends");
        }
        assertFalse(accept(part));
        assertEquals(List.of(), lines);
    }
}
