package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.recovery.TunnelId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointFilesTest {

    private static final String KEY = "ncKJmFmeTBVb4ogepUSxa/LXR4+9Ft1rZAs/8iChVA0=";
    private static final String PEER = "[Peer]\nPublicKey=" + KEY + "\nEndpoint=vpn.example.org:51820\n";

    @TempDir
    Path root;

    @Test
    void readsTheFilesOfEverySystem() throws IOException {
        write("etc/wireguard/wg0.conf", PEER);
        write("etc/wireguard/notes.txt", PEER);
        write("etc/amnezia/amneziawg/awg0.conf", PEER);
        write("etc/systemd/network/10-any.netdev", "[NetDev]\nName=wg1\n" + PEER.replace("Peer", "WireGuardPeer"));
        write(
                "etc/NetworkManager/system-connections/home.nmconnection",
                "[connection]\ninterface-name=wg2\n[wireguard-peer." + KEY + "]\nendpoint=vpn.example.org:51820\n");
        write(
                "etc/config/network",
                "config wireguard_wg3\n option public_key '" + KEY + "'\n option endpoint_host 'vpn.example.org'\n");
        assertEquals(
                Set.of("wg0", "awg0", "wg1", "wg2", "wg3"),
                Set.copyOf(
                        read().known().keySet().stream().map(TunnelId::device).toList()));
        assertEquals(List.of(), read().problems());
    }

    @Test
    void readsAFileAnewEachTime() throws IOException {
        write("etc/wireguard/wg0.conf", PEER);
        read();
        write("etc/wireguard/wg0.conf", PEER.replace("vpn", "new"));
        assertEquals(
                "new.example.org",
                read().of(new TunnelId("wg0", KEY)).orElseThrow().host());
    }

    @Test
    void saysWhatIsTooLargeToRead() throws IOException {
        write("etc/wireguard/wg0.conf", PEER + "#".repeat(1 << 20));
        assertEquals(Map.of(), read().known());
        assertEquals(List.of("/etc/wireguard/wg0.conf:0: is too large"), read().problems());
    }

    @Test
    void knowsNothingWhereThereAreNoFiles() {
        assertEquals(new NamedEndpoints(Map.of(), List.of()), read());
    }

    private NamedEndpoints read() {
        return new EndpointFiles(root).read();
    }

    private void write(String name, String text) throws IOException {
        var file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
