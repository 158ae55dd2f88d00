package dev.reroam.echo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.echo.EchoCodec.Token;
import dev.reroam.linux.ip.IpFamily;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EchoCodecTest {

    private static final Token TOKEN = new Token(0x1234, 7, 0x0102030405060708L);

    @Test
    void requestCarriesTheInternetChecksum() {
        assertArrayEquals(
                HexFormat.of().parseHex("0800d5b0" + "12340007" + "0102030405060708"),
                EchoCodec.request(IpFamily.V4, TOKEN));
    }

    @ParameterizedTest
    @EnumSource
    void replyGivesTheTokenBack(IpFamily family) {
        assertEquals(Optional.of(TOKEN), EchoCodec.reply(family, replyTo(family)));
    }

    @ParameterizedTest
    @EnumSource
    void requestIsNoReply(IpFamily family) {
        var packet = replyTo(family);
        packet.put(packet.limit() - EchoCodec.LENGTH, (byte) (family == IpFamily.V4 ? 8 : 128));
        assertEquals(Optional.empty(), EchoCodec.reply(family, packet));
    }

    @ParameterizedTest
    @EnumSource
    void replyCutAtAnyByteIsNoReply(IpFamily family) {
        var whole = replyTo(family);
        for (int length = 0; length < whole.limit(); length++) {
            assertEquals(
                    Optional.empty(), EchoCodec.reply(family, whole.duplicate().limit(length)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anyBytesAreRead(IpFamily family) {
        long seed = Long.getLong("seed", 20261121);
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            var token = EchoCodec.reply(family, ByteBuffer.wrap(bytes));
            assertTrue(token.isEmpty() || bytes.length >= EchoCodec.LENGTH, () -> "seed " + seed);
        }
    }

    private static ByteBuffer replyTo(IpFamily family) {
        byte[] echo = EchoCodec.request(family, TOKEN);
        echo[0] = (byte) EchoCodec.replyType(family);
        if (family == IpFamily.V6) {
            return ByteBuffer.wrap(echo);
        }
        // A header with one word of options: 24 bytes.
        return ByteBuffer.allocate(24 + echo.length).put(0, (byte) 0x46).put(24, echo);
    }
}
