package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.TunnelId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTextTest {

    private static final String KEY = "ncKJmFmeTBVb4ogepUSxa/LXR4+9Ft1rZAs/8iChVA0=";
    private static final String OTHER = "iFQIUwFuPpkLgeMLbirV+8g5lmVoK2P7MeU/TqxAPBE=";
    private static final String SECRET = "yNf4ukRw3aJuv7VPt8NKWrmoLKn2YNmD/2fPv9/bmXA=";

    @Test
    void readsWhatWgQuickReads() {
        var said = sections("""
                [Interface]
                PrivateKey = %s
                Address = 10.0.0.1/24

                [Peer]
                # home
                PublicKey = %s
                PresharedKey = %s
                Endpoint = vpn.example.org:443 # the router
                [peer]
                endpoint=[2001:db8::1]:51820
                publickey=%s
                [Peer]
                PublicKey = %s
                AllowedIPs = 10.0.0.2/32
                """.formatted(SECRET, KEY, SECRET, OTHER, SECRET));
        assertEquals(
                Map.of(
                        new TunnelId("wg0", KEY), new NamedEndpoint("vpn.example.org", 443, "/etc/x:9"),
                        new TunnelId("wg0", OTHER), new NamedEndpoint("2001:db8::1", 51820, "/etc/x:11")),
                said.known());
        assertEquals(List.of(), said.problems());
    }

    @Test
    void readsWhatNetworkdReads() {
        var said = sections("""
                [NetDev]
                Name=wg7
                Kind=wireguard
                [WireGuard]
                PrivateKey=%s
                [WireGuardPeer]
                PublicKey=%s
                Endpoint=vpn.example.org:51820
                """.formatted(SECRET, KEY));
        assertEquals(List.of(new TunnelId("wg7", KEY)), List.copyOf(said.known().keySet()));
    }

    @Test
    void readsWhatNetworkManagerReads() {
        var said = sections("""
                [wireguard-peer.%s]
                endpoint=vpn.example.org:51820
                allowed-ips=0.0.0.0/0;
                [wifi-security]
                name=other
                [connection]
                id=home
                interface-name=wg8
                """.formatted(KEY));
        assertEquals(List.of(new TunnelId("wg8", KEY)), List.copyOf(said.known().keySet()));
    }

    @Test
    void readsWhatOpenWrtReads() {
        var said = uci("""
                config interface 'wg0'
                \toption proto 'wireguard'
                \toption private_key '%s'

                config wireguard_wg0 'home'
                \toption description "endpoint of 'home'"
                \toption public_key '%s'
                \toption preshared_key '%s'
                \toption endpoint_host "vpn.example.org"
                \toption endpoint_port '443'   # odd

                config wireguard_wg0
                \toption endpoint_host 2001:db8::1
                \toption public_key '%s'

                config interface 'lan'
                \toption endpoint_host 'nobodys.example.org'
                """.formatted(SECRET, KEY, SECRET, OTHER));
        assertEquals(
                Map.of(
                        new TunnelId("wg0", KEY), new NamedEndpoint("vpn.example.org", 443, "/etc/config/network:9"),
                        new TunnelId("wg0", OTHER), new NamedEndpoint("2001:db8::1", 51820, "/etc/config/network:13")),
                said.known());
    }

    @ParameterizedTest
    @ValueSource(strings = {"vpn.example.org", "vpn.example.org:", "2001:db8::1:51820", "[2001:db8::1]", "a b:1", ":1"})
    void saysWhereSomethingIsNoEndpoint(String value) {
        var said = sections("[Peer]\nPublicKey = " + KEY + "\nEndpoint = " + value + "\n");
        assertEquals(Map.of(), said.known());
        assertEquals(List.of("/etc/x:3: not a host and a port"), said.problems());
    }

    @ParameterizedTest
    @CsvSource({"0", "65536", "99999", "http"})
    void saysWhereSomethingIsNoPort(String port) {
        var said = uci("config wireguard_wg0\n option public_key '" + KEY + "'\n option endpoint_host 'a'\n"
                + " option endpoint_port '" + port + "'\n");
        assertEquals(Map.of(), said.known());
        assertTrue(said.problems().getFirst().endsWith(": not a port"), () -> "" + said.problems());
    }

    /** The first file stays, whatever the next one says. */
    @Test
    void firstWordCounts() {
        var text = new EndpointText();
        text.readSections("/etc/a", "wg0", bytes("[Peer]\nPublicKey=" + KEY + "\nEndpoint=a:1"));
        text.readSections("/etc/b", "wg0", bytes("[Peer]\nPublicKey=" + KEY + "\nEndpoint=b:2"));
        assertEquals(
                "a", text.gathered().of(new TunnelId("wg0", KEY)).orElseThrow().host());
    }

    @Test
    void survivesGarbageAndTellsNoSecret() {
        long seed = Long.getLong("seed", 20_261_128L);
        var random = new Random(seed);
        var words = List.of(
                "[",
                "]",
                "Peer",
                "[Peer]\n",
                "PublicKey=",
                "Endpoint=",
                "config ",
                "option ",
                "wireguard_wg0",
                "endpoint_host ",
                "endpoint_port ",
                "public_key ",
                "'",
                "\"",
                "\n",
                " ",
                "\t",
                KEY,
                "\0",
                "é",
                ":",
                "#",
                ".",
                "99999",
                "[wireguard-peer.",
                "PrivateKey=" + SECRET,
                "option private_key '" + SECRET + "'");
        for (int i = 0; i < 4000; i++) {
            var text = new StringBuilder();
            for (int j = random.nextInt(60); j > 0; j--) {
                text.append(words.get(random.nextInt(words.size())));
            }
            String shown = "seed " + seed + ", " + i + ": " + text;
            for (var said : List.of(sections(text.toString()), uci(text.toString()))) {
                assertFalse(said.toString().contains(SECRET), shown);
                said.known().values().forEach(at -> assertTrue(at.port() > 0 && at.port() <= 0xffff, shown));
            }
        }
    }

    @Test
    void survivesAnyBytes() {
        var random = new Random(Long.getLong("seed", 7L));
        for (int i = 0; i < 500; i++) {
            byte[] bytes = new byte[random.nextInt(2000)];
            random.nextBytes(bytes);
            var text = new EndpointText();
            text.readSections("/etc/x", "wg0", ByteBuffer.wrap(bytes));
            text.readUci("/etc/x", ByteBuffer.wrap(bytes));
            assertEquals(Map.of(), text.gathered().known());
        }
    }

    private static NamedEndpoints sections(String text) {
        var gathered = new EndpointText();
        gathered.readSections("/etc/x", "wg0", bytes(text));
        return gathered.gathered();
    }

    private static NamedEndpoints uci(String text) {
        var gathered = new EndpointText();
        gathered.readUci("/etc/config/network", bytes(text));
        return gathered.gathered();
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
