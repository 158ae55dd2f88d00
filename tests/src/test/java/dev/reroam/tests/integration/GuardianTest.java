package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.steer.Steerer;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is steered does not outlive who steered it, dead or frozen; and neither does the guardian. */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.LONG)
@Timeout(120)
class GuardianTest {

    /** Issue: within 10 s. */
    private static final Duration WITHDRAWN = Duration.ofSeconds(10);

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String RULES = """
            for f in -4 -6; do
              ip $f rule add pref 800 iif lo ipproto udp dport 9 lookup 70701 protocol 207
              ip $f rule add pref 700 iif lo ipproto udp dport 9 lookup 70716 protocol 207
            done
            """;
    private static final String ALSO_BY_PROTOCOL =
            "ip rule add pref 701 iif lo ipproto udp dport 9 lookup 70701 protocol 99\n";

    private final Belongings belongings = Belongings.open();
    private final Topology net = Topology.make(Plan.standard(), belongings);

    @TempDir
    private Path folder;

    private SteeredRouter router;
    private String before;

    @BeforeEach
    void lookAlikes() throws Exception {
        router = new SteeredRouter(net);
        net.router().script(RULES + ALSO_BY_PROTOCOL);
        before = router.tables();
    }

    @AfterEach
    void removeEverything() {
        router.close();
        belongings.close();
    }

    /** A process of its own that steers, and what it says. */
    private Process steering(Path said) {
        var uplink = router.uplink(2, IpFamily.V4);
        // Of this class path: that of the agents has no tests.
        var words = Guest.java(
                SteeringProgram.class,
                List.of("-Xmx24m", "-Djnr.ffi.asm.enabled=false"),
                List.of(
                        router.heart().toString(),
                        router.far(IpFamily.V4).toString(),
                        Integer.toString(uplink.interfaceIndex()),
                        uplink.interfaceName(),
                        uplink.gateway().orElseThrow().toString(),
                        uplink.source().toString()));
        var process = net.router().start(Redirect.appendTo(said.toFile()), words);
        assertTrue(AgentHome.until(SOON, () -> read(said).contains("steered Done")), () -> read(said));
        assertTrue(router.tables().contains("lookup 70702"), router::tables);
        return process;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException gone) {
            return "";
        }
    }

    private void asBefore(Duration limit, Path said) {
        assertTrue(
                AgentHome.until(limit, () -> router.tables().equals(before)),
                () -> before + "\nnot\n" + router.tables() + read(said));
    }

    private void signal(String name, Process process) {
        net.router().run("kill", "-" + name, Long.toString(process.pid()));
    }

    /** By its last argument but one, which is this test's alone. */
    private boolean guarded() {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("reroam-guardian " + router.heart()))
                        .isPresent());
    }

    @Test
    void withdrawsForADeadOneAndEnds() {
        var said = folder.resolve("said");
        var process = steering(said);
        assertTrue(guarded());
        signal("KILL", process);
        asBefore(WITHDRAWN, said);
        assertTrue(AgentHome.until(SOON, () -> !guarded()));
    }

    @Test
    void withdrawsForAFrozenOneWhichNotices() throws Exception {
        var said = folder.resolve("said");
        var process = steering(said);
        signal("STOP", process);
        asBefore(WITHDRAWN, said);
        assertTrue(guarded());
        signal("CONT", process);
        assertTrue(AgentHome.until(SOON, () -> read(said).contains("lost [11.0.9.9:51820]")), () -> read(said));
        process.getOutputStream().close();
        assertTrue(AgentHome.until(SOON, () -> !process.isAlive() && !guarded()), () -> read(said));
        assertTrue(read(said).contains("withdrew Done[changes=0]"), () -> read(said));
        assertEquals(before, router.tables());
    }

    @Test
    void endsWithOneThatEndsInOrder() throws Exception {
        var said = folder.resolve("said");
        var process = steering(said);
        process.getOutputStream().close();
        assertTrue(AgentHome.until(SOON, () -> !process.isAlive() && !guarded()), () -> read(said));
        assertEquals(before, router.tables());
        assertTrue(Files.notExists(router.heart()));
    }

    /** The one of a dead run must not take away what the next run steers. */
    @Test
    void leavesTheNextRunAlone() throws Exception {
        var said = folder.resolve("said");
        signal("KILL", steering(said));
        var next = folder.resolve("next");
        var process = steering(next);
        assertTrue(read(next).contains("swept Done"), () -> read(next));
        assertTrue(guarded());
        // The first one's has ended when there is one left; it has done by then what it would.
        assertTrue(AgentHome.until(SOON, () -> guardians() == 1));
        assertTrue(process.isAlive());
        assertTrue(router.tables().contains("lookup 70702"), router::tables);
        process.getOutputStream().close();
        asBefore(SOON, next);
    }

    private long guardians() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains("reroam-guardian " + router.heart()))
                        .isPresent())
                .count();
    }

    /** The program itself, in each shell and with each ip; busybox's tells no protocol, so there is none to tell by. */
    @ParameterizedTest
    @CsvSource({"dash, false", "dash, true", "busybox ash, false", "busybox ash, true"})
    void runsInEachShellWithEachIp(String shell, boolean busybox) throws Exception {
        if (busybox) {
            net.router().script("ip rule del pref 701; ln -s $(command -v busybox) " + folder.resolve("ip"));
            before = router.tables();
        }
        var script = folder.resolve("guardian.sh");
        try (var in = Steerer.class.getResourceAsStream("guardian.sh")) {
            Files.copy(in, script);
        }
        var heart = folder.resolve("heart");
        Files.writeString(heart, "run 1\n");
        router.steer(router.far(IpFamily.V4), router.uplink(2, IpFamily.V4));
        var words = new ArrayList<>(List.of("env", "PATH=" + (busybox ? folder + ":" : "") + System.getenv("PATH")));
        words.addAll(List.of(shell.split(" ")));
        words.addAll(List.of(script.toString(), heart.toString(), "run"));
        var guardian =
                net.router().start(Redirect.appendTo(folder.resolve("said").toFile()), words);
        guardian.getOutputStream().write("steer\n".getBytes(StandardCharsets.US_ASCII));
        guardian.getOutputStream().flush();
        assertTrue(
                AgentHome.until(WITHDRAWN, () -> !router.tables().contains("51820")),
                () -> read(folder.resolve("said")) + router.tables());
        guardian.getOutputStream().close();
        assertTrue(AgentHome.until(SOON, () -> !guardian.isAlive()));
        assertEquals(0, guardian.exitValue());
        // Of busybox a route stays that nothing leads to; the agent takes it back.
        router.withdrawAll();
        assertEquals(before, router.tables());
    }
}
