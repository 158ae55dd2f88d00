package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortFilesTest {

    @TempDir
    Path root;

    private PortFiles files;

    @BeforeEach
    void lookInTheFolder() throws IOException {
        files = new PortFiles(root);
        write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
    }

    /** A file that the kernel makes as it is read has no size, and is told from its beginning only. */
    @Test
    void readsTheRangeThatThisKernelTells() {
        var told = new PortFiles(Path.of("/")).read().ephemeral();
        assertTrue(told.first() > 0 && told.first() < told.last(), told.toString());
    }

    @Test
    void readsTheFilesOfEverySystem() throws IOException {
        write("etc/wireguard/wg0.conf", "ListenPort = 1001\n");
        write("etc/amnezia/amneziawg/awg0.conf", "ListenPort = 1002\n");
        write("etc/config/network", "\toption listen_port '1003'\n");
        write("etc/systemd/network/wg.netdev", "ListenPort=1004\n");
        write("etc/NetworkManager/system-connections/wg.nmconnection", "listen-port=1005\n");
        write("etc/wireguard/notes.txt", "port 9\n");
        var evidence = files.read();
        assertEquals(
                List.of(
                        "/etc/wireguard/wg0.conf",
                        "/etc/amnezia/amneziawg/awg0.conf",
                        "/etc/config/network",
                        "/etc/systemd/network/wg.netdev",
                        "/etc/NetworkManager/system-connections/wg.nmconnection"),
                evidence.claims().stream().map(PortEvidence.Claim::file).toList());
        assertEquals(new PortRange(32768, 60999), evidence.ephemeral());
        assertEquals(List.of(), evidence.unreadable());
    }

    @Test
    void doesNotReadAgainWhatDidNotChange() throws IOException {
        write("etc/wireguard/wg0.conf", "ListenPort = 1001\n");
        var first = files.read();
        assertSame(first, files.read());
        write("etc/wireguard/wg0.conf", "ListenPort = 10011\n");
        var second = files.read();
        assertNotSame(first, second);
        assertEquals(10011, second.claims().getFirst().ports().first());
        write("proc/sys/net/ipv4/ip_local_port_range", "1\t2\n");
        assertEquals(new PortRange(1, 2), files.read().ephemeral());
    }

    @Test
    void saysWhatIsTooLargeToRead() throws IOException {
        write("etc/wireguard/wg0.conf", "#".repeat((1 << 20) + 1));
        assertEquals(List.of("/etc/wireguard/wg0.conf"), files.read().unreadable());
    }

    @Test
    void withoutTheRangeNothingIsEphemeral() throws IOException {
        write("proc/sys/net/ipv4/ip_local_port_range", "none\n");
        assertEquals(PortRange.NONE, files.read().ephemeral());
        Files.delete(root.resolve("proc/sys/net/ipv4/ip_local_port_range"));
        assertEquals(PortRange.NONE, files.read().ephemeral());
    }

    private void write(String name, String text) throws IOException {
        var file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
