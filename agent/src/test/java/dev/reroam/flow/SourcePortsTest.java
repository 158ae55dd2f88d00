package dev.reroam.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.flow.SourcePorts.Packets;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.nft.Nft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcePortsTest {

    private static final Packets V4 = packets("192.0.2.2", "198.51.100.9");
    private static final Packets V6 = packets("2001:db8::2", "2001:db8:9::9");

    @TempDir
    Path folder;

    private static Packets packets(String source, String peer) {
        return new Packets(
                "wan1", new Endpoint(IpAddress.parse(source), 51820), new Endpoint(IpAddress.parse(peer), 51821));
    }

    private SourcePorts ports(String program) {
        return new SourcePorts(Runnable::run, new Nft(List.of("sh", "-c", program, "nft")), new Random(1));
    }

    private SourcePorts ports() {
        return ports("if [ $1 = -f ]; then cat >" + told() + "; else echo '{}'; echo \"$@\" >>" + told() + "; fi");
    }

    private Path told() {
        return folder.resolve("told");
    }

    @Test
    void eachHasARuleForItsWayAndItsEndsAlone() throws Exception {
        var ports = ports();
        ports.rewrite(List.of(V4, V6)).get();
        var text = Files.readString(told());
        assertTrue(
                text.contains(
                        "add rule inet reroam source_port oifname \"wan1\" ip saddr 192.0.2.2 ip daddr 198.51.100.9"
                                + " udp sport 51820 udp dport 51821 counter snat ip to 192.0.2.2:" + ports.port(V4)
                                + "\n"),
                text);
        assertTrue(
                text.contains("ip6 saddr 2001:db8::2 ip6 daddr 2001:db8:9::9 udp sport 51820 udp dport 51821 counter"
                        + " snat ip6 to [2001:db8::2]:" + ports.port(V6) + "\n"),
                text);
        assertTrue(ports.port(V4) >= 33_000 && ports.port(V4) < 60_000);
    }

    @Test
    void theLastOneTakesTheChainWithIt() throws Exception {
        var ports = ports();
        ports.rewrite(List.of(V4, V6)).get();
        ports.restore(List.of(V6)).get();
        assertTrue(Files.readString(told()).contains("198.51.100.9"));
        ports.restore(List.of(V4)).get();
        var text = Files.readString(told());
        assertTrue(text.contains("delete chain inet reroam source_port\n"), text);
        assertTrue(text.contains("delete table inet reroam\n"), text);
        assertEquals(51820, ports.port(V4));
    }

    @Test
    void whatWasNotRewrittenIsNotRestored() throws Exception {
        ports().restore(List.of(V4)).get();
        assertTrue(Files.notExists(told()));
    }

    @Test
    void saysWhereThereIsNoNft() {
        var ports = ports("echo no such table >&2; exit 1");
        var refused = assertThrows(
                ExecutionException.class, () -> ports.rewrite(List.of(V4)).get());
        assertEquals("nft: no such table", refused.getCause().getMessage());
    }

    @Test
    void thereAreNotTooMany() {
        var ports = ports();
        var many = IntStream.range(1, 66)
                .mapToObj(i -> packets("192.0.2.2", "198.51.100." + i))
                .toList();
        var refused =
                assertThrows(ExecutionException.class, () -> ports.rewrite(many).get());
        assertTrue(refused.getCause() instanceof IOException, refused::toString);
        assertEquals(51820, ports.port(many.getFirst()));
    }

    @Test
    void whatACrashedAgentLeftIsSwept() throws Exception {
        ports("if [ \"$1 $2\" = 'list chains' ]; then echo chain source_port; elif [ $1 = -f ]; then cat >" + told()
                        + "; else echo '{}'; fi")
                .sweep()
                .get();
        assertTrue(Files.readString(told()).contains("delete chain inet reroam source_port"));
    }
}
