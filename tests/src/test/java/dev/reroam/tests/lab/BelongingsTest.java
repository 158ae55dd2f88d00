package dev.reroam.tests.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("bed1")
@Timeout(60)
class BelongingsTest {

    private static final List<Path> PLACES =
            List.of(Path.of("/run/netns"), Path.of("/var/run/wireguard"), Path.of("/run/reroam-lab"), Path.of("/tmp"));

    @Test
    void aRunThatWasKilledIsRemovedByTheNext() throws Exception {
        var holder = start();
        try (var out = holder.inputReader(StandardCharsets.UTF_8)) {
            String run = ready(out);
            holder.destroyForcibly().waitFor();
            assertFalse(left(run).isEmpty());
            Belongings.open().close();
            assertEquals(List.of(), left(run));
        }
    }

    @Test
    void aRunThatIsInterruptedRemovesEverything() throws Exception {
        var holder = start();
        try (var out = holder.inputReader(StandardCharsets.UTF_8)) {
            String run = ready(out);
            Command.of("kill", "-INT", Long.toString(holder.pid())).run();
            holder.waitFor(30, TimeUnit.SECONDS);
            assertEquals(List.of(), left(run));
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void theNextRunLeavesALivingOneAlone() throws Exception {
        var holder = start();
        try (var out = holder.inputReader(StandardCharsets.UTF_8)) {
            String run = ready(out);
            var before = left(run);
            Belongings.open().close();
            assertEquals(before, left(run));
            // End of input: it closes by itself.
            holder.getOutputStream().close();
            holder.waitFor(30, TimeUnit.SECONDS);
            assertEquals(List.of(), left(run));
        } finally {
            holder.destroyForcibly();
        }
    }

    @Test
    void daemonsThatNobodyWroteDownEndWithTheirNamespace() {
        ProcessIdentity daemon;
        try (var belongings = Belongings.open()) {
            var net = Topology.make(Plan.standard(), belongings);
            belongings.everyProcessIn(net.router());
            var printed = net.router().script("setsid sleep 600 >/dev/null 2>&1 & echo $!");
            daemon = ProcessIdentity.of(Long.parseLong(printed.strip())).orElseThrow();
        }
        assertTrue(Pause.until(Duration.ofSeconds(5), () -> !daemon.alive()), () -> daemon + " is still there");
    }

    @Test
    void whatAProgramStartedEndsWithIt() {
        long started;
        try (var belongings = Belongings.open()) {
            var program = belongings.start(
                    List.of(), List.of("sh", "-c", "sleep 600 & wait"), ProcessBuilder.Redirect.DISCARD);
            assertTrue(Pause.until(
                    Duration.ofSeconds(5), () -> program.descendants().count() == 1));
            started = program.descendants().findFirst().orElseThrow().pid();
        }
        assertTrue(ProcessHandle.of(started).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void aFolderWhereAFileWasExpectedGoesToo() throws Exception {
        Path file;
        try (var belongings = Belongings.open()) {
            file = belongings.scratch("file");
            Files.createDirectories(file.resolve("inside"));
        }
        assertFalse(Files.exists(file));
    }

    private static Process start() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldsTopology.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String ready(BufferedReader out) throws IOException {
        var run = out.readLine();
        if (run == null) {
            throw new IOException("the network was not made");
        }
        return run;
    }

    /** Everything on this machine that carries the run's name: files, namespaces, sockets, processes. */
    private static List<String> left(String run) throws IOException {
        var left = new ArrayList<String>();
        for (var place : PLACES) {
            try (Stream<Path> inside = Files.list(place)) {
                inside.map(Path::toString).filter(path -> carries(path, run)).forEach(left::add);
            }
        }
        ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains("wireguard-go") && carries(line, run))
                .forEach(left::add);
        left.sort(String::compareTo);
        return left;
    }

    private static boolean carries(String text, String run) {
        return Stream.of("rr", "w", "reroam-lab-").anyMatch(prefix -> text.contains(prefix + run));
    }
}
