package dev.reroam.linux.wireguard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireGuardKeyTest {

    // The public key that `wg pubkey` gives for RFC 7748 section 6.1's private key of Alice.
    private static final String BASE64 = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";
    private static final String HEX = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a";

    @Test
    void isTheSameInBothTexts() {
        var key = WireGuardKey.parseBase64(BASE64);
        assertEquals(key, WireGuardKey.parseHex(HEX));
        assertEquals(BASE64, key.base64());
        assertEquals(HEX, key.hex());
        assertEquals(BASE64, key.toString());
        assertEquals(key, WireGuardKey.of(key.bytes()));
    }

    @Test
    void isWrittenInTheSameOrderWhateverTheBuffersOrder() {
        var key = WireGuardKey.parseHex(HEX);
        var out = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        key.write(out);
        assertArrayEquals(key.bytes(), out.array());
        assertEquals(ByteOrder.LITTLE_ENDIAN, out.order());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "not base64 at all!",
                "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTg==",
                "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=hSDw"
            })
    void refusesWhatIsNoKeyWithoutRepeatingIt(String text) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> WireGuardKey.parseBase64(text));
        assertFalse(text.length() > 4 && refusal.getMessage().contains(text.substring(0, 5)));
        assertThrows(IllegalArgumentException.class, () -> WireGuardKey.parseHex(text));
    }
}
