package dev.reroam.stun;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StunServerTest {

    @ParameterizedTest
    @CsvSource({
        "stun.example.org, stun.example.org, 3478",
        "stun.example.org:443, stun.example.org, 443",
        "192.0.2.1:19302, 192.0.2.1, 19302",
        "[2001:db8::1]:3479, 2001:db8::1, 3479",
        "[2001:db8::1], 2001:db8::1, 3478",
    })
    void readsNamesAndAddresses(String text, String host, int port) {
        assertEquals(new StunServer(host, port), StunServer.parse(text));
        assertEquals(
                StunServer.parse(text), StunServer.parse(StunServer.parse(text).toString()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", ":3478", "host:", "host:0", "host:65536", "host:x", "[::1", "[::1]x:3", "2001:db8::1", "[]:1"
            })
    void refusesWhatIsNeither(String text) {
        assertThrows(IllegalArgumentException.class, () -> StunServer.parse(text));
    }

    /** One operator's bad day must not look like an uplink's. */
    @Test
    void theDefaultsAreOfSeveralOperators() {
        var operators = StunServer.DEFAULTS.stream()
                .map(server -> server.host().replaceFirst(".*\\.([a-z]+\\.[a-z]+)$", "$1"))
                .distinct()
                .count();
        assertEquals(StunServer.DEFAULTS.size(), operators);
        assertTrue(operators >= 4);
    }
}
