package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.MemorySearch;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon tells us its private key each time, and configuration files hold it too: nothing of it stays with us. */
@Tag("bed1")
class WireGuardSecretsTest {

    private static final List<String> FLAGS =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmn2m", "-Xmx24m", "-Djnr.ffi.asm.enabled=false");

    @TempDir
    Path folder;

    @Test
    void aProcessThatReadsADeviceAndItsFilesKeepsNoSecret() throws Exception {
        try (var belongings = Belongings.open();
                var net = Topology.make(Plan.standard(), belongings)) {
            var router = net.router();
            var device = net.tunnel().device();
            // Made and given by a shell: this JVM never sees them.
            router.command("sh", "-e", "-c", """
                            cd "$0"; mkdir -p etc/wireguard
                            wg genkey >private; wg genpsk >preshared; wg genkey | wg pubkey >public; wg genkey >unused
                            wg set "$1" private-key private peer "$(cat public)" preshared-key preshared
                            { echo "[Interface]"; echo "PrivateKey = $(cat private)"; echo "ListenPort = 4711"
                              echo "[Peer]"; echo "PublicKey = $(cat public)"; echo "PresharedKey = $(cat preshared)"
                              echo "Endpoint = 192.0.2.1:51820"; } >etc/wireguard/wg0.conf
                            """, folder.toString(), device).run();
            var found = searchAReader(router, device);
            assertTrue(found.getLast().matches("searched \\d{7,}"), found.getLast());
            // The public key is ours to know, and shows that the search finds what is there.
            assertTrue(found.stream()
                    .anyMatch(line -> line.startsWith(folder.resolve("public").toString())));
            assertEquals(
                    List.of(),
                    found.stream()
                            .filter(line ->
                                    line.startsWith(folder.resolve("private").toString())
                                            || line.startsWith(
                                                    folder.resolve("preshared").toString()))
                            .toList());
        }
    }

    private List<String> searchAReader(Namespace router, String device) throws Exception {
        var command = new ArrayList<>(List.of("ip", "netns", "exec", router.name()));
        command.addAll(Guest.java(WireGuardReader.class, FLAGS, List.of(device, folder.toString())));
        var reader = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = new BufferedReader(new InputStreamReader(reader.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("read", output.readLine());
            var search = new ProcessBuilder(Guest.java(
                            MemorySearch.class,
                            List.of("-Xmx64m"),
                            List.of(
                                    // ip netns exec becomes the program.
                                    Long.toString(reader.pid()),
                                    folder.resolve("private").toString(),
                                    folder.resolve("preshared").toString(),
                                    folder.resolve("public").toString())))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            var lines = new String(search.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertEquals(0, search.waitFor());
            assertTrue(Files.exists(Path.of("/proc", Long.toString(reader.pid()))));
            return lines;
        } finally {
            reader.destroyForcibly().waitFor();
        }
    }
}
