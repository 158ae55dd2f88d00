package dev.reroam.tunnel.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {

    private final AddressText text = new AddressText();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "192.0.2.1",
                "255.255.255.255",
                "::",
                "::1",
                "1::",
                "2001:db8::1",
                "1:2:3:4:5:6:7:8",
                "1:2:3:4:5:6:7::",
                "::2:3:4:5:6:7:8",
                "fe80::aBcD",
                "64:ff9b::192.0.2.33",
                "1:2:3:4:5:6:1.2.3.4"
            })
    void readsWhatTheJdkReads(String literal) {
        assertTrue(read(literal), literal);
        assertEquals(IpAddress.parse(literal), address());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1.2.3",
                "1.2.3.",
                "1.2.3.4.",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.0004",
                "a.b.c.d",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "::1:",
                ":1::",
                "1:2:3:4:5:6:7:8::",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "fe80::1%eth0",
                "g::"
            })
    void refusesWhatIsNone(String literal) {
        assertFalse(read(literal), literal);
    }

    @Test
    void readsEveryRandomAddressBack() {
        long seed = Long.getLong("seed", 20_260_401L);
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
            for (int j = 0; j < bytes.length; j++) {
                bytes[j] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
            }
            var address = IpAddress.of(bytes);
            assertTrue(read(address.toString()), () -> "seed " + seed + ": " + address);
            assertEquals(address, address(), () -> "seed " + seed);
        }
    }

    private boolean read(String literal) {
        byte[] bytes = ("<" + literal + ">").getBytes(StandardCharsets.US_ASCII);
        return text.read(bytes, 1, bytes.length - 1);
    }

    private IpAddress address() {
        return new IpAddress(text.family(), text.high(), text.low());
    }
}
