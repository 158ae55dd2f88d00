package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tunnel.wireguard.see.PortEvidence.Claim;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortTextTest {

    private static final String KEY = "ncKJmFmeTBVb4ogepUSxa/LXR4+9Ft1rZAs/8iChVA0=";
    private static final String OTHER = "iFQIUwFuPpkLgeMLbirV+8g5lmVoK2P7MeU/TqxAPBE=";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ListenPort = 51820                          | 51820-51820
                    listenport=51820                            | 51820-51820
                    \toption listen_port '51820'                | 51820-51820
                    listen-port=51820                           | 51820-51820
                    option src_dport '51820'                    | 51820-51820
                    option dest_port '50000-51000'              | 50000-51000
                    -A INPUT -p udp --dport 50000:51000 -j x    | 50000-51000
                    udp dport 51820 accept                      | 51820-51820
                    """)
    void findsPortsInEveryFormat(String line, String ports) {
        assertEquals(List.of(ports), claims(line));
    }

    @Test
    void findsEveryPortOfALine() {
        assertEquals(
                List.of("1-1", "20-30", "65535-65535"), claims("tcp dport { 1, 20-30, 65535 } counter accept # ports"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    # ListenPort = 51820
                    ; listen-port=51820
                    Endpoint = support.example.org:51820
                    option endpoint_port '51820'
                    MTU = 1420
                    Address = 10.0.0.1/24
                    """)
    void doesNotFindPortsWhereNoneIsNamed(String line) {
        assertEquals(List.of(), claims(line));
    }

    @Test
    void saysWhere() {
        var evidence = read("[Interface]\n\nListenPort = 51820\n");
        assertEquals(
                new Claim(new PortRange(51820, 51820), "/etc/x", 3),
                evidence.claim(51820).orElseThrow());
        assertTrue(evidence.claim(51821).isEmpty());
    }

    @Test
    void findsEndpointsOfWgQuick() {
        var evidence = read("""
                [Interface]
                PrivateKey = yNf4ukRw3aJuv7VPt8NKWrmoLKn2YNmD/2fPv9/bmXA=
                [Peer]
                PublicKey = %s
                Endpoint = vpn.example.org:51820
                [Peer]
                # a road warrior
                PublicKey = %s
                AllowedIPs = 10.0.0.2/32
                """.formatted(KEY, OTHER));
        assertEquals(Set.of(KEY), evidence.configuredEndpoints());
    }

    @Test
    void findsEndpointsOfOpenWrt() {
        var evidence = read("""
                config interface 'wg0'
                \toption proto 'wireguard'
                \toption listen_port '51820'

                config wireguard_wg0
                \toption public_key '%s'
                \toption endpoint_host 'vpn.example.org'
                \toption endpoint_port '443'

                config wireguard_wg0 'phone'
                \toption public_key '%s'
                \toption endpoint_host ''
                """.formatted(KEY, OTHER));
        assertEquals(Set.of(KEY), evidence.configuredEndpoints());
        assertTrue(evidence.claim(51820).isPresent());
        assertTrue(evidence.claim(443).isEmpty());
    }

    @Test
    void findsEndpointsOfNetworkManagerAndNetworkd() {
        var networkManager = "[wireguard-peer.%s]\nendpoint=192.0.2.1:51820\nallowed-ips=0.0.0.0/0;\n".formatted(KEY);
        var networkd = "[WireGuardPeer]\nPublicKey=%s\nEndpoint=192.0.2.1:51820\n".formatted(OTHER);
        assertEquals(Set.of(KEY, OTHER), read(networkManager + networkd).configuredEndpoints());
    }

    @Test
    void anEndpointWithoutAKeyIsNobodys() {
        assertEquals(
                Set.of(),
                read("[Peer]\nEndpoint = a:1\n[Peer]\nPublicKey = " + KEY).configuredEndpoints());
    }

    @Test
    void survivesGarbage() {
        long seed = Long.getLong("seed", 20_260_403L);
        var random = new Random(seed);
        var words =
                List.of("port", "[", "config ", "endpoint=", "public", "99999", "1-", "\n", " ", KEY, "\0", "é", ":");
        for (int i = 0; i < 2000; i++) {
            var text = new StringBuilder();
            for (int j = random.nextInt(40); j > 0; j--) {
                text.append(words.get(random.nextInt(words.size())));
            }
            read(text.toString());
        }
    }

    private static List<String> claims(String line) {
        return read(line).claims().stream()
                .map(claim -> claim.ports().toString())
                .toList();
    }

    private static PortEvidence read(String text) {
        var gathered = new PortText();
        gathered.read("/etc/x", ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        return gathered.evidence(PortRange.NONE, List.of());
    }
}
