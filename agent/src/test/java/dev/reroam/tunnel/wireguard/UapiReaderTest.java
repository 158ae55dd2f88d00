package dev.reroam.tunnel.wireguard;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.linux.wireguard.WireGuardPeer;
import dev.reroam.tunnel.wireguard.UapiSyntaxException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UapiReaderTest {

    private static final String PEER = "public_key=" + "ab".repeat(32) + "\n";
    private static final String END = "errno=0\n\n";

    private final UapiReader reader = new UapiReader(new Random(1));

    // What wireguard-go 0.0.20220316 answered; `wg show dump` of the same daemon gave the keys below.
    private static final WireGuardDevice CAPTURED = new WireGuardDevice(
            7,
            "wg0",
            Optional.of(WireGuardKey.parseBase64("l6nqgRXqc8E2/hQW9z0iu4cFJUGXqe6SnHOXLpHHNh0=")),
            51999,
            0x51,
            List.of(
                    new WireGuardPeer(
                            WireGuardKey.parseBase64("ncKJmFmeTBVb4ogepUSxa/LXR4+9Ft1rZAs/8iChVA0="),
                            Optional.of(Endpoint.parse("192.0.2.7:51820")),
                            25,
                            0,
                            0,
                            0,
                            0,
                            List.of(
                                    IpPrefix.parse("10.9.0.2/32"),
                                    IpPrefix.parse("10.9.1.0/24"),
                                    IpPrefix.parse("fd00:9::2/128"))),
                    new WireGuardPeer(
                            WireGuardKey.parseBase64("iFQIUwFuPpkLgeMLbirV+8g5lmVoK2P7MeU/TqxAPBE="),
                            Optional.of(Endpoint.parse("[2001:db8::7]:4500")),
                            0,
                            0,
                            0,
                            0,
                            0,
                            List.of(IpPrefix.parse("0.0.0.0/0"), IpPrefix.parse("::/0")))));

    @Test
    void readsWhatWireguardGoAnswers() throws Exception {
        assertEquals(CAPTURED, device(captured()));
        assertEquals(0, reader.errno());
        assertFalse(reader.tellsOwnPublicKey());
    }

    @Test
    void tellsTheSameObjectAgainWhenNothingChanged() throws Exception {
        assertSame(device(captured()), device(captured()));
    }

    @Test
    void readsAnAnswerThatComesInPieces() throws Exception {
        byte[] answer = captured();
        for (int size = 1; size < 200; size++) {
            var in = buffer(2048);
            reader.begin();
            boolean complete = false;
            for (int at = 0; at < answer.length; at += size) {
                assertFalse(complete);
                in.put(answer, at, Math.min(size, answer.length - at)).flip();
                complete = reader.read(in);
                in.compact();
            }
            assertTrue(complete);
            assertEquals(CAPTURED, reader.device(7, "wg0"));
        }
    }

    @Test
    void isNotCompleteBeforeTheLastByte() throws Exception {
        byte[] answer = captured();
        for (int length = 0; length < answer.length; length++) {
            reader.begin();
            assertFalse(reader.read(wrap(Arrays.copyOf(answer, length))));
        }
    }

    @Test
    void leavesNothingOfWhatItRead() throws Exception {
        var in = buffer(4096);
        in.put(captured()).flip();
        reader.begin();
        assertTrue(reader.read(in));
        assertCleared(in);
    }

    @Test
    void leavesNothingOfWhatItRefused() throws IOException {
        var in = buffer(4096);
        in.put(captured()).put("garbage\n".getBytes(US_ASCII)).flip();
        reader.begin();
        assertThrows(UapiSyntaxException.class, () -> reader.read(in));
        assertCleared(in);
    }

    @Test
    void passesOverKeysThatItDoesNotKnow() throws Exception {
        // amneziawg-go tells these of the device, and i1 may be any text.
        var device =
                device("listen_port=1\njc=4\njmin=40\nh1=5\ni1=<b 0xf6>=\n" + PEER + "advanced_security=true\n" + END);
        assertEquals(1, device.listenPort());
        assertEquals(1, device.peers().size());
        assertEquals(Optional.empty(), device.publicKey());
    }

    @Test
    void recognisesBoringtunByItsPublicKey() throws Exception {
        var device = device("own_public_key=" + "cd".repeat(32) + "\nlisten_port=51820\n" + END);
        assertTrue(reader.tellsOwnPublicKey());
        assertEquals(Optional.of(WireGuardKey.parseHex("cd".repeat(32))), device.publicKey());
    }

    @Test
    void readsARefusal() throws Exception {
        device("errno=-22\n\n");
        assertEquals(22, reader.errno());
        device("errno=98\n\n");
        assertEquals(98, reader.errno());
    }

    @Test
    void aPeerWithAScopedEndpointHasNone() throws Exception {
        var device = device(PEER + "endpoint=[fe80::1%eth0]:51820\n" + END);
        assertEquals(Optional.empty(), device.peers().getFirst().endpoint());
    }

    @Test
    void followsAPrivateKeyThatChanges() throws Exception {
        var first = device("private_key=" + "01".repeat(32) + "\n" + END).publicKey();
        var second = device("private_key=" + "02".repeat(32) + "\n" + END).publicKey();
        assertFalse(first.equals(second));
        assertEquals(
                first, device("private_key=" + "01".repeat(32) + "\n" + END).publicKey());
    }

    @ParameterizedTest
    @CsvSource({
        "'listen_port\n', NO_EQUALS_SIGN, 1",
        "'fwmark=1\nlisten_port=65536\n', BAD_VALUE, 2",
        "'listen_port=\n', BAD_VALUE, 1",
        "'listen_port=-1\n', BAD_VALUE, 1",
        "'fwmark=4294967296\n', BAD_VALUE, 1",
        "'fwmark=99999999999999999999999\n', BAD_VALUE, 1",
        "'private_key=00\n', BAD_VALUE, 1",
        "'public_key=0g\n', BAD_VALUE, 1",
        "'rx_bytes=1\n', NOT_IN_A_PEER, 1",
        "'PEERrx_bytes=9223372036854775808\n', BAD_VALUE, 2",
        "'PEERlast_handshake_time_nsec=1000000000\n', BAD_VALUE, 2",
        "'PEERpersistent_keepalive_interval=65536\n', BAD_VALUE, 2",
        "'PEERendpoint=1.2.3.4\n', BAD_VALUE, 2",
        "'PEERendpoint=1.2.3.4:\n', BAD_VALUE, 2",
        "'PEERendpoint=:1\n', BAD_VALUE, 2",
        "'PEERendpoint=::1:1\n', BAD_VALUE, 2",
        "'PEERendpoint=[1.2.3.4]:1\n', BAD_VALUE, 2",
        "'PEERendpoint=example.org:1\n', BAD_VALUE, 2",
        "'PEERallowed_ip=1.2.3.4\n', BAD_VALUE, 2",
        "'PEERallowed_ip=1.2.3.4/33\n', BAD_VALUE, 2",
        "'PEERallowed_ip=/0\n', BAD_VALUE, 2",
        "'errno=\n', BAD_VALUE, 1",
        "'errno=-\n', BAD_VALUE, 1",
        "'errno=4096\n', BAD_VALUE, 1",
        "'\n', NO_ERRNO, 1",
        "'listen_port=1\n\n', NO_ERRNO, 2",
        "'errno=0\n\nerrno=0\n', TRAILING_BYTES, 3",
        "'errno=0\n\ne', TRAILING_BYTES, 2",
    })
    void refusesWhatIsNoAnswer(String text, Reason reason, int line) {
        var refusal = assertThrows(UapiSyntaxException.class, () -> device(text.replace("PEER", PEER)));
        assertEquals(reason, refusal.reason());
        assertEquals(line, refusal.line());
    }

    @Test
    void refusesALineWithoutEnd() {
        var refusal = assertThrows(UapiSyntaxException.class, () -> device("x".repeat(UapiReader.MAX_LINE + 1)));
        assertEquals(Reason.LINE_TOO_LONG, refusal.reason());
    }

    @Test
    void refusesAnAnswerWithoutEnd() {
        byte[] chunk = (PEER + "rx_bytes=1\n").repeat(1000).getBytes(US_ASCII);
        reader.begin();
        var refusal = assertThrows(UapiSyntaxException.class, () -> {
            while (!reader.read(wrap(chunk.clone()))) {
                // The daemon goes on and on.
            }
        });
        assertEquals(Reason.ANSWER_TOO_LONG, refusal.reason());
    }

    @Test
    void neverRepeatsAKeyInAnError() {
        var secret = "0123456789abcdef".repeat(4);
        for (var text :
                List.of("private_key=" + secret + "0\n", "private_ke=" + secret + "\nlost\n", secret + "=x\nlost\n")) {
            var refusal = assertThrows(UapiSyntaxException.class, () -> device(text));
            assertFalse(refusal.getMessage().contains("0123"));
        }
    }

    @Test
    void survivesGarbage() throws IOException {
        long seed = Long.getLong("seed", 20_260_402L);
        var random = new Random(seed);
        byte[] answer = captured();
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            byte[] mutated = answer.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                mutated[random.nextInt(mutated.length)] =
                        random.nextBoolean() ? (byte) random.nextInt() : answer[random.nextInt(answer.length)];
            }
            try {
                device(mutated);
            } catch (UapiSyntaxException e) {
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError("seed " + seed + " round " + i, e);
            }
        }
        assertTrue(refused > 500);
    }

    private WireGuardDevice device(String text) throws UapiSyntaxException {
        return device(text.getBytes(US_ASCII));
    }

    private WireGuardDevice device(byte[] text) throws UapiSyntaxException {
        reader.begin();
        reader.read(wrap(text.clone()));
        return reader.device(7, "wg0");
    }

    private static ByteBuffer buffer(int capacity) {
        return ByteBuffer.allocateDirect(capacity).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer wrap(byte[] text) {
        return ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void assertCleared(ByteBuffer in) {
        in.clear();
        for (int i = 0; i < in.capacity(); i++) {
            assertEquals(0, in.get(i));
        }
    }

    private static byte[] captured() throws IOException {
        try (var in = UapiReaderTest.class.getResourceAsStream("/uapi/wireguard-go-2-peers.txt")) {
            return in.readAllBytes();
        }
    }
}
