package dev.reroam.tunnel.tailscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrefsReaderTest {

    private static NodePrefs read(String text) throws IOException {
        return PrefsReader.read(new StringReader(text));
    }

    @Test
    void readsWhatItKnowsAndPassesOverTheRest() throws IOException {
        assertEquals(
                new NodePrefs("https://hs.example", List.of("192.0.2.0/24", "0.0.0.0/0"), "nExit", true),
                read(
                        "{\"ControlURL\":\"https://hs.example\",\"RouteAll\":false,\"ExitNodeID\":\"nExit\",\"CorpDNS\":true,"
                                + "\"AdvertiseRoutes\":[\"192.0.2.0/24\",null,7,\"0.0.0.0/0\"],\"Config\":{\"PrivateNodeKey\":\"x\"}}"));
    }

    @Test
    void whatIsMissingOrOfAnotherTypeIsNotThere() throws IOException {
        var none = new NodePrefs("", List.of(), "", false);
        assertEquals(none, read("{}"));
        assertEquals(none, read("{\"ControlURL\":7,\"AdvertiseRoutes\":null,\"ExitNodeID\":{},\"CorpDNS\":\"yes\"}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "7", "{\"ControlURL\":", "not json"})
    void whatIsNoneIsRefused(String text) {
        assertThrows(IOException.class, () -> read(text));
    }

    @ParameterizedTest
    @CsvSource({
        "'',controlplane.tailscale.com",
        "https://controlplane.tailscale.com,controlplane.tailscale.com",
        "https://hs.example:8443/path,hs.example",
        "http://192.0.2.7:8080,192.0.2.7",
        "'https://[2001:db8::1]:443',2001:db8::1",
        "hs.example,hs.example",
        "https://,controlplane.tailscale.com",
        "'https://[2001:db8::1',controlplane.tailscale.com",
    })
    void knowsTheHostOfItsControlServer(String url, String host) {
        assertEquals(host, new NodePrefs(url, List.of(), "", false).controlHost());
    }
}
