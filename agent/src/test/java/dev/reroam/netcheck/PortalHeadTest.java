package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.netcheck.PortalAnswer.Garbled;
import dev.reroam.netcheck.PortalAnswer.Http;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code -Dseed=N} repeats a run of the random damage. */
class PortalHeadTest {

    private static final String REDIRECTION =
            "HTTP/1.1 302 Found\r\nServer: x\r\nLOCATION:  http://login.example/a?b \r\nContent-Length: 12\r\n\r\nhello";

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static PortalAnswer read(String text) {
        return PortalHead.read(bytes(text));
    }

    @Test
    void readsStatusAndWhereItLeads() {
        assertEquals(new Http(302, Optional.of("http://login.example/a?b"), false), read(REDIRECTION));
        assertEquals(new Http(204, Optional.empty(), false), read("HTTP/1.0 204\n\n"));
        assertEquals(new Http(200, Optional.empty(), true), read("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 204 No Content",
                "HTTP/1.1 20",
                "HTTP/2 204\r\n\r\n",
                "HTTP/1.1 099 x\r\n\r\n",
                "HTTP/1.1 1000 x\r\n\r\n",
                "HTTP/1.1  204\r\n\r\n",
                "SSH-2.0-OpenSSH_9\r\n",
                "\r\nHTTP/1.1 204 No Content\r\n\r\n",
                "<html>"
            })
    void whatIsNoHeadIsGarbled(String text) {
        assertEquals(new Garbled(), read(text));
    }

    @Test
    void aLocationIsShortAndPrintable() {
        var answer = (Http) read("HTTP/1.1 302 x\r\nLocation: \u001b[31m" + "\u00e9" + "a".repeat(9000) + "\r\n\r\n");
        String location = answer.location().orElseThrow();
        assertEquals(200, location.length());
        assertTrue(location.startsWith("?[31m?aaa"), location);
    }

    @ParameterizedTest
    @CsvSource({"true, a\\r\\n\\r\\n", "true, a\\n\\n", "false, a\\r\\n", "false, ''"})
    void knowsWhenTheHeadIsWhole(boolean whole, String text) {
        assertEquals(whole, PortalHead.isWhole(bytes(text.replace("\\r", "\r").replace("\\n", "\n"))));
    }

    @Test
    void readsNoMoreThanEightKilobytes() {
        byte[] endless = bytes("HTTP/1.1 200 OK\r\n" + "a: b\r\n".repeat(10_000));
        assertTrue(PortalHead.isWhole(endless));
        assertFalse(PortalHead.isWhole(Arrays.copyOf(endless, PortalHead.LARGEST - 1)));
        assertEquals(new Http(200, Optional.empty(), false), PortalHead.read(endless));
    }

    @Test
    void anyDamageIsReadAsSomething() {
        // Printed, so that a failure can be repeated.
        long seed = Long.getLong("seed", new SecureRandom().nextLong());
        var random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = bytes(REDIRECTION);
            if (random.nextInt(10) == 0) {
                damaged = new byte[random.nextInt(300)];
                random.nextBytes(damaged);
            }
            for (int changes = random.nextInt(6); changes > 0 && damaged.length > 0; changes--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            byte[] cut = Arrays.copyOf(damaged, random.nextInt(damaged.length + 1));
            switch (PortalHead.read(cut)) {
                case Http http -> {
                    assertTrue(http.status() >= 100 && http.status() <= 999, () -> "seed " + seed);
                    http.location().ifPresent(to -> assertTrue(to.matches("[ -~]{0,200}"), () -> "seed " + seed));
                }
                case Garbled garbled -> {}
                case PortalAnswer.None none -> throw new AssertionError("seed " + seed);
            }
        }
    }
}
