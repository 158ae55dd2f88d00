package dev.reroam.linux.conntrack;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a kernel sent in its dumps: {@code NAME.hex} says after which command, {@code NAME.expect} what it is. */
class FlowCaptureTest {

    private static final Path FOLDER = Path.of("src/test/resources/conntrack/capture");
    private static final int HEADER_LENGTH = 16;

    static List<String> names() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".hex"))
                    .map(name -> name.substring(0, name.length() - 4))
                    .sorted()
                    .toList();
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

    private static Optional<Flow> decode(byte[] message) throws MalformedMessageException {
        // The captures are of a little-endian machine.
        return FlowCodec.decode(
                ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN).position(HEADER_LENGTH));
    }

    private static String text(Flow flow) {
        return Integer.toUnsignedString(flow.id()) + " " + text(flow.original()) + ", " + text(flow.reply()) + ", zone "
                + flow.zone() + " status " + flow.status() + " mark " + flow.mark() + " timeout "
                + flow.timeoutSeconds();
    }

    private static String text(FlowTuple tuple) {
        return tuple.protocol() + " " + tuple + " zone " + tuple.zone();
    }

    @ParameterizedTest
    @MethodSource("names")
    void saysWhatTheCommandDid(String name) throws Exception {
        String expected = Files.readString(FOLDER.resolve(name + ".expect")).strip();
        assertEquals(expected, decode(message(name)).map(FlowCaptureTest::text).orElse("nothing"));
    }

    @Test
    void readsTheBitsOfTheStatus() throws Exception {
        var translated =
                decode(message("udp-source-translated-zone")).orElseThrow().status();
        assertTrue(translated.isSourceTranslated() && !translated.isDestinationTranslated());
        assertTrue(!translated.isReplied() && !translated.isAssured() && !translated.isOffloaded());
        var replied = decode(message("udp-v6-replied")).orElseThrow().status();
        assertTrue(replied.isReplied() && replied.isAssured() && !replied.isSourceTranslated());
        var redirected = decode(message("udp-destination-translated-counted"))
                .orElseThrow()
                .status();
        assertTrue(redirected.isDestinationTranslated() && !redirected.isSourceTranslated());
    }

    @ParameterizedTest
    @MethodSource("names")
    void cutAnywhereGivesAFlowOrTheTypedError(String name) {
        byte[] whole = message(name);
        for (int length = HEADER_LENGTH; length < whole.length; length++) {
            tryToDecode(Arrays.copyOf(whole, length));
        }
    }

    @Test
    void damageGivesAFlowOrTheTypedError() throws Exception {
        var random = Fuzz.random();
        int flows = 0;
        int errors = 0;
        for (String name : names()) {
            byte[] whole = message(name);
            byte[] payload = Arrays.copyOfRange(whole, HEADER_LENGTH, whole.length);
            for (int round = 0; round < 3_000; round++) {
                byte[] damaged = Fuzz.damaged(random, payload);
                byte[] message = Arrays.copyOf(whole, HEADER_LENGTH + damaged.length);
                System.arraycopy(damaged, 0, message, HEADER_LENGTH, damaged.length);
                if (tryToDecode(message)) {
                    flows++;
                } else {
                    errors++;
                }
            }
        }
        assertTrue(flows > 1000 && errors > 1000, "both happen: " + flows + ", " + errors);
    }

    private static boolean tryToDecode(byte[] message) {
        try {
            decode(message);
            return true;
        } catch (MalformedMessageException e) {
            assertEquals("flow", e.where().split(":", -1)[0]);
            return false;
        }
    }
}
