package dev.reroam.linux.route;

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
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages that a kernel made when {@code ip} asked it to: {@code capture/NAME.hex}, whose first line says which command, and
 * {@code NAME.expect}, what it says.
 */
class RouteCaptureTest {

    private static final Path FOLDER = Path.of("src/test/resources/route/capture");
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

    private static byte[] message(String name) {
        try {
            return HexFormat.of()
                    .parseHex(Files.readAllLines(FOLDER.resolve(name + ".hex")).stream()
                            .filter(line -> !line.startsWith("#"))
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A look-up's answer and an announcement are read by different decoders; the rest is as the type says. */
    private static Optional<?> decode(String name, byte[] message) throws MalformedMessageException {
        // The captures are of a little-endian machine.
        var payload = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        int type = Short.toUnsignedInt(payload.getShort(4));
        payload.position(HEADER_LENGTH);
        return name.startsWith("path-") ? Optional.of(PathLookup.decode(payload)) : Rtm.decode(type, payload);
    }

    @ParameterizedTest
    @MethodSource("names")
    void saysWhatTheCommandDid(String name) throws Exception {
        String expected = Files.readString(FOLDER.resolve(name + ".expect")).strip();
        byte[] message = message(name);
        var decoded = decode(name, message);
        String shown = decoded.map(object -> (object instanceof Link link ? link.withoutTraffic() : object).toString())
                .orElse("nothing");
        assertEquals(expected, (Rtm.isRemoval(message[4]) ? "removed " : "") + shown);
    }

    @ParameterizedTest
    @MethodSource("names")
    void cutAnywhereGivesAnObjectOrTheTypedError(String name) {
        byte[] whole = message(name);
        for (int length = HEADER_LENGTH; length < whole.length; length++) {
            tryToDecode(name, Arrays.copyOf(whole, length));
        }
    }

    @Test
    void damageGivesAnObjectOrTheTypedError() throws Exception {
        var random = Fuzz.random();
        int objects = 0;
        int errors = 0;
        for (String name : names().toList()) {
            byte[] whole = message(name);
            byte[] payload = Arrays.copyOfRange(whole, HEADER_LENGTH, whole.length);
            for (int round = 0; round < 3_000; round++) {
                byte[] damaged = Fuzz.damaged(random, payload);
                byte[] message = Arrays.copyOf(whole, HEADER_LENGTH + damaged.length);
                System.arraycopy(damaged, 0, message, HEADER_LENGTH, damaged.length);
                if (tryToDecode(name, message)) {
                    objects++;
                } else {
                    errors++;
                }
            }
        }
        assertTrue(objects > 1000 && errors > 1000, "both happen: " + objects + ", " + errors);
    }

    private static boolean tryToDecode(String name, byte[] message) {
        try {
            decode(name, message);
            return true;
        } catch (MalformedMessageException e) {
            assertTrue(List.of("link", "address", "route", "rule", "next hop", "neighbour", "path")
                    .contains(e.where().split(":")[0]));
            return false;
        }
    }
}
