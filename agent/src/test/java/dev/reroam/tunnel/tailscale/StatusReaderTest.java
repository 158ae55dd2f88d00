package dev.reroam.tunnel.tailscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.io.IOException;
import java.io.StringReader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StatusReaderTest {

    private static NodeStatus read(String text) throws IOException {
        return StatusReader.read(new StringReader(text));
    }

    @Test
    void readsWhatANodeSays() throws IOException {
        var status = read("""
                {"Version":"1.98.10-t1","TUN":true,"BackendState":"Running","HaveNodeKey":true,"AuthURL":"",
                 "TailscaleIPs":["100.64.0.1","fd7a::1"],
                 "Self":{"ID":"n1","PublicKey":"nodekey:aa","HostName":"NAS","DNSName":"nas.tail1.ts.net.",
                   "TailscaleIPs":["100.64.0.1","fd7a:115c:a1e0::1"],
                   "Addrs":["203.0.113.1:40000","192.0.2.7:41641","[2001:db8::7]:41641","nonsense"],"Relay":"fra","Online":true},
                 "Health":["not good"],
                 "Peer":{
                  "nodekey:bb":{"HostName":"laptop","DNSName":"laptop.tail1.ts.net.","TailscaleIPs":["100.64.0.2"],
                    "CurAddr":"203.0.113.9:41641","Relay":"nyc","RxBytes":12,"TxBytes":13,"Active":true,"Online":true,
                    "LastHandshake":"2026-11-30T16:00:00.5+01:00"},
                  "nodekey:cc":{"HostName":"old","DNSName":"","TailscaleIPs":null,"CurAddr":"","Relay":"sin",
                    "LastHandshake":"0001-01-01T00:00:00Z","ExitNode":true}},
                 "User":{"1":{"LoginName":"somebody"}}}
                """);
        assertEquals("1.98.10-t1", status.version());
        assertEquals(BackendState.RUNNING, status.state());
        assertTrue(status.tun());
        assertEquals(List.of("not good"), status.health());
        var self = status.self().orElseThrow();
        assertEquals("nas", self.name());
        assertEquals(List.of(IpAddress.parse("100.64.0.1"), IpAddress.parse("fd7a:115c:a1e0::1")), self.addresses());
        assertEquals(
                List.of("203.0.113.1:40000", "192.0.2.7:41641", "[2001:db8::7]:41641"),
                self.endpoints().stream().map(Endpoint::toString).toList());
        assertEquals("fra", self.relay());
        assertTrue(self.online());
        assertFalse(self.keyExpired());
        var laptop = status.peers().getFirst();
        assertEquals(
                new NodeStatus.Peer(
                        "laptop",
                        List.of(IpAddress.parse("100.64.0.2")),
                        true,
                        true,
                        false,
                        Optional.of(Endpoint.parse("203.0.113.9:41641")),
                        "nyc",
                        "",
                        Optional.of(Instant.parse("2026-11-30T15:00:00.500Z")),
                        12,
                        13),
                laptop);
        var old = status.peers().get(1);
        assertEquals("old", old.name());
        assertEquals(Optional.empty(), old.handshakeAt());
        assertTrue(old.exitNode());
        assertEquals(List.of(laptop), status.active());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"Peer\":null,\"Self\":null,\"Health\":null,\"BackendState\":null}",
                "{\"Peer\":[1,2],\"Self\":\"me\",\"Health\":{\"a\":[[]]},\"TUN\":\"yes\"}",
                "{\"Future\":{\"a\":[{\"b\":null}]},\"BackendState\":\"NoState\"}"
            })
    void bearsWhatIsMissingOrOfAnotherType(String text) throws IOException {
        var status = read(text);
        assertEquals(List.of(), status.peers());
        assertEquals(Optional.empty(), status.self());
        assertEquals(List.of(), status.health());
    }

    @Test
    void bearsFieldsOfAPeerThatAreNot() throws IOException {
        var status = read("""
                {"BackendState":"Dreaming","Peer":{"a":null,"b":{"RxBytes":1e99,"TxBytes":0.5,"CurAddr":"nowhere",
                 "LastHandshake":"yesterday","Active":1,"TailscaleIPs":[7,"x",["100.64.0.9"],"100.64.0.3"]}}}
                """);
        assertEquals(BackendState.OTHER, status.state());
        assertEquals(2, status.peers().size());
        var peer = status.peers().get(1);
        assertEquals(0, peer.receivedBytes());
        assertEquals(Optional.empty(), peer.direct());
        assertEquals(Optional.empty(), peer.handshakeAt());
        assertFalse(peer.active());
        assertEquals(List.of(IpAddress.parse("100.64.0.3")), peer.addresses());
    }

    @Test
    void neverTellsAKey() throws IOException {
        var status = read("""
                {"AuthURL":"https://login.example/a/SECRET","Self":{"PublicKey":"nodekey:SECRET","ID":"SECRET"},
                 "Peer":{"nodekey:SECRET":{"PublicKey":"nodekey:SECRET","HostName":"h"}}}
                """);
        assertFalse(status.toString().contains("SECRET"), status.toString());
    }

    @Test
    void keepsSoManyPeersAndCountsTheOthers() throws IOException {
        var text = new StringBuilder("{\"Peer\":{");
        for (int i = 0; i < NodeStatus.MOST_PEERS + 5; i++) {
            text.append(i == 0 ? "" : ",").append("\"k").append(i).append("\":{\"HostName\":\"h\"}");
        }
        var status = read(text.append("}}").toString());
        assertEquals(NodeStatus.MOST_PEERS, status.peers().size());
        assertEquals(5, status.peersLeftOut());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "\"x\"", "{", "{\"Self\":{\"HostName\":\"x\"", "{} {}", "{\"a\":nope}", "\u0000"})
    void refusesWhatIsNoStatus(String text) {
        assertThrows(IOException.class, () -> read(text));
    }

    @Test
    void refusesWhatIsNestedWithoutEnd() {
        assertThrows(IOException.class, () -> read("{\"a\":" + "[".repeat(100_000)));
    }
}
