package dev.reroam.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who holds which socket, in a made /proc. */
class HoldersTest {

    private static final Programs PROGRAMS =
            new Programs(List.of("tailscaled", "a-name-that-is-longer", "cloudflared"));

    @TempDir
    Path proc;

    @TempDir
    Path groups;

    private void process(int id, String command, String executable, String... descriptors) throws IOException {
        Path process = Files.createDirectories(proc.resolve("" + id));
        Files.createDirectory(process.resolve("fd"));
        Files.writeString(process.resolve("comm"), command + "\n");
        Files.createSymbolicLink(process.resolve("exe"), Path.of(executable));
        for (int i = 0; i < descriptors.length; i++) {
            Files.createSymbolicLink(process.resolve("fd").resolve("" + i), Path.of(descriptors[i]));
        }
    }

    private Holders holders() {
        return new Holders(proc, groups);
    }

    @Test
    void findsTheSocketsOfTheNamedProgramsOnly() throws Exception {
        process(1, "init", "/sbin/init", "socket:[1]");
        process(20, "tailscaled", "/usr/sbin/tailscaled", "/dev/null", "socket:[20]", "pipe:[5]", "socket:[21]");
        process(30, "nginx", "/usr/sbin/nginx", "socket:[30]");
        Files.createDirectory(proc.resolve("sys"));
        assertEquals(
                Map.of(20L, "tailscaled", 21L, "tailscaled"),
                holders().read(PROGRAMS).sockets());
    }

    @Test
    void aProgramIsKnownByEitherName() throws Exception {
        process(20, "python3", "/opt/cloudflared (deleted)", "socket:[20]");
        process(21, "a-name-that-is-", "/usr/bin/python3", "socket:[21]");
        process(22, "tailscale", "/usr/bin/tailscale", "socket:[22]");
        assertEquals(
                Map.of(20L, "cloudflared", 21L, "a-name-that-is-longer"),
                holders().read(PROGRAMS).sockets());
    }

    @Test
    void tellsWhatOtherProgramsHold() throws Exception {
        process(20, "tailscaled", "/usr/sbin/tailscaled", "socket:[20]");
        process(30, "curl", "/usr/bin/curl", "socket:[30]", "socket:[31]");
        assertEquals(Set.of(30L), holders().heldByOthers(Set.of(20L, 30L, 32L), PROGRAMS));
    }

    @Test
    void aGroupAndThoseBelowItAreTheirPrograms() throws Exception {
        Path service = Files.createDirectories(groups.resolve("system.slice/cloudflared.service"));
        Path below = Files.createDirectory(service.resolve("payload"));
        Path procd = Files.createDirectories(groups.resolve("services/tailscaled"));
        Files.createDirectories(groups.resolve("system.slice/nginx.service"));
        assertEquals(
                Map.of(
                        (Long) Files.getAttribute(service, "unix:ino"), "cloudflared",
                        (Long) Files.getAttribute(below, "unix:ino"), "cloudflared",
                        (Long) Files.getAttribute(procd, "unix:ino"), "tailscaled"),
                holders().read(PROGRAMS).groups());
    }

    @Test
    void aMachineWithoutProcOrGroupsHoldsNothing() {
        var nothing = new Holders(proc.resolve("none"), groups.resolve("none")).read(PROGRAMS);
        assertEquals(new Holdings(PROGRAMS, Map.of(), Map.of()), nothing);
    }

    @Test
    void aMarkTellsTailscaleFromOthers() {
        assertEquals(Optional.of("tailscaled"), PROGRAMS.marked(0x80000));
        assertEquals(Optional.empty(), PROGRAMS.marked(0x1bd00), "netbird is not among them");
        assertEquals(Optional.empty(), PROGRAMS.marked(0));
    }
}
