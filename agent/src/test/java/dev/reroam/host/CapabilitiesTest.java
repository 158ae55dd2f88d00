package dev.reroam.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CapabilitiesTest {

    @TempDir
    Path folder;

    @Test
    void missesNothingAsRoot() throws IOException {
        assertEquals(
                List.of(),
                read("Name:\tjava\nCapPrm:\t0000000000000000\nCapEff:\t000001ffffffffff\n")
                        .missing());
    }

    @Test
    void namesWhatIsMissing() throws IOException {
        assertEquals(
                Arrays.asList(Capability.values()),
                read("CapEff:\t0000000000000000\n").missing());
        // 0x1000 is bit 12, as linux/capability.h has it.
        assertFalse(read("CapEff:\t0000000000001000\n").missing().contains(Capability.CAP_NET_ADMIN));
        assertTrue(read("CapEff:\t0000000000001000\n").missing().contains(Capability.CAP_NET_RAW));
        assertEquals(List.of(), read("CapEff:\tffffffffffffffff\n").missing());
    }

    @Test
    void refusesAFileWithoutThem() {
        assertThrows(IOException.class, () -> read("Name:\tjava\n"));
        assertThrows(IOException.class, () -> read("CapEff:\tmany\n"));
        assertThrows(IOException.class, () -> read("CapEff:\t" + "f".repeat(17) + "\n"));
    }

    @Test
    void agreesWithSetprivAboutAProcessThatDroppedOne() throws Exception {
        var process = new ProcessBuilder("setpriv", "--bounding-set=-net_admin", "cat", "/proc/self/status").start();
        String status = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), () -> "setpriv");
        assertTrue(read(status).missing().contains(Capability.CAP_NET_ADMIN), status);
        assertFalse(Capabilities.current().missing().contains(Capability.CAP_NET_ADMIN), "the tests run as root");
    }

    private Capabilities read(String status) throws IOException {
        return Capabilities.read(Files.writeString(folder.resolve("status"), status));
    }
}
