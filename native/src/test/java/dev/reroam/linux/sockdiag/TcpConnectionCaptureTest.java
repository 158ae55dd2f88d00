package dev.reroam.linux.sockdiag;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.netlink.Fuzz;
import dev.reroam.linux.netlink.MalformedMessageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages that a kernel made of sockets of a Python program: {@code capture/NAME.hex}, whose first line says how {@code ss}
 * shows it, and {@code NAME.expect}, what it says.
 */
class TcpConnectionCaptureTest {

    private static final Path FOLDER = Path.of("src/test/resources/sockdiag/capture");
    private static final int HEADER_LENGTH = 16;

    static Stream<String> names() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".hex"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static byte[] payload(String name) {
        try {
            byte[] message = HexFormat.of()
                    .parseHex(Files.readAllLines(FOLDER.resolve(name + ".hex")).stream()
                            .filter(line -> !line.startsWith("#"))
                            .collect(Collectors.joining()));
            return Arrays.copyOfRange(message, HEADER_LENGTH, message.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<TcpConnection> decode(byte[] payload) throws MalformedMessageException {
        // The captures are of a little-endian machine.
        return TcpConnectionCodec.decode(ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN));
    }

    @ParameterizedTest
    @MethodSource("names")
    void saysWhatTheKernelShows(String name) throws Exception {
        String expected = Files.readString(FOLDER.resolve(name + ".expect")).strip();
        assertEquals(expected, decode(payload(name)).orElseThrow().toString());
    }

    @ParameterizedTest
    @MethodSource("names")
    void cutAnywhereGivesAConnectionOrTheTypedError(String name) {
        byte[] whole = payload(name);
        for (int length = 0; length < whole.length; length++) {
            tryToDecode(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void damageGivesAConnectionOrTheTypedError() throws Exception {
        var random = Fuzz.random();
        int connections = 0;
        int errors = 0;
        for (String name : names().toList()) {
            byte[] whole = payload(name);
            for (int round = 0; round < 5_000; round++) {
                if (tryToDecode(Fuzz.damaged(random, whole))) {
                    connections++;
                } else {
                    errors++;
                }
            }
        }
        assertTrue(connections > 1000 && errors > 1000, "both happen: " + connections + ", " + errors);
    }

    private static boolean tryToDecode(byte[] payload) {
        try {
            decode(payload);
            return true;
        } catch (MalformedMessageException e) {
            assertEquals("tcp connection", e.where().split(":")[0]);
            return false;
        }
    }
}
