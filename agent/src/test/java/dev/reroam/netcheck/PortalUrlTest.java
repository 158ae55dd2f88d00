package dev.reroam.netcheck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortalUrlTest {

    @ParameterizedTest
    @CsvSource({
        "http://a.example, a.example, 80, /",
        "http://a.example:8080/x?y=1, a.example, 8080, /x?y=1",
        "http://192.0.2.1/, 192.0.2.1, 80, /",
        "http://[2001:db8::1]:81/x, 2001:db8::1, 81, /x",
    })
    void readsWhatItIsMeantToRead(String text, String host, int port, String path) {
        assertEquals(new PortalUrl(host, port, path), PortalUrl.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a.example",
                "https://a.example/",
                "http://",
                "http:///x",
                "http://a.example:0/",
                "http://a.example:99999/",
                "http://a.example:x/",
                "http://user@a.example/",
                "http://a.example/#x",
                "http://a.example/a b",
                "http://a.example/\r\nHost: b",
                "http://[2001:db8::1/"
            })
    void refusesTheRest(String text) {
        assertThrows(IllegalArgumentException.class, () -> PortalUrl.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a.example/", "http://a.example:81/x", "http://[2001:db8::1]/x"})
    void writesWhatItReads(String text) {
        assertEquals(text, PortalUrl.parse(text).toString());
    }
}
