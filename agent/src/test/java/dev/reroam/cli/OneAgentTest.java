package dev.reroam.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One agent per network namespace, with real processes in real namespaces. */
@Timeout(60)
class OneAgentTest {

    private final List<Process> processes = new ArrayList<>();
    private final List<Path> locks = new ArrayList<>();
    private Process here;
    private Process elsewhere;

    @BeforeEach
    void makesTwoNamespaces() throws IOException {
        here = namespace();
        elsewhere = namespace();
    }

    @AfterEach
    void endsEverything() throws Exception {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        for (Path lock : locks) {
            Files.deleteIfExists(lock);
        }
    }

    @Test
    void refusesASecondAgentWithTheFirstOnesProcessIdAndRunsOneElsewhere() throws Exception {
        Process first = agent(here);
        Path lock = lockOf(first);
        Process second = agent(here);
        assertEquals(
                "reroam: an agent already runs in this network namespace: process " + first.pid() + "\n", said(second));
        assertEquals(1, second.waitFor());
        Process other = agent(elsewhere);
        assertFalse(lock.equals(lockOf(other)));
        for (Process agent : List.of(first, other)) {
            agent.getOutputStream().close();
            assertEquals(0, agent.waitFor());
        }
        assertFalse(Files.exists(lock), "nothing is left behind");
    }

    @Test
    void takesThePlaceOfAnAgentThatWasKilled() throws Exception {
        Process killed = agent(here);
        Path lock = lockOf(killed);
        killed.destroyForcibly().waitFor();
        assertTrue(Files.exists(lock));
        Process next = agent(here);
        assertEquals(lock, lockOf(next));
        next.getOutputStream().close();
        assertEquals(0, next.waitFor());
        assertFalse(Files.exists(lock));
    }

    private Path lockOf(Process agent) throws IOException {
        String line = new BufferedReader(agent.inputReader(StandardCharsets.UTF_8)).readLine();
        assertTrue(line != null && line.startsWith("running /run/reroam/net-"), line);
        String[] places = line.split(" ");
        // A namespace that is not process 1's, and recognised as such without a doubt.
        assertEquals(places[1].replace(".lock", "/reroam.sock"), places[2]);
        locks.add(Path.of(places[1]));
        return Path.of(places[1]);
    }

    private static String said(Process agent) throws IOException {
        return new String(agent.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** A process that keeps a namespace of its own alive; it has moved in when it has answered. */
    private Process namespace() throws IOException {
        Process holder = start(List.of("unshare", "--net", "sh", "-c", "echo in; exec cat"));
        assertEquals("in", new BufferedReader(holder.inputReader(StandardCharsets.UTF_8)).readLine());
        return holder;
    }

    private Process agent(Process namespace) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return start(List.of(
                "nsenter",
                "--net=/proc/" + namespace.pid() + "/ns/net",
                java,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                WaitingAgent.class.getName(),
                "run"));
    }

    private Process start(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).start();
        processes.add(process);
        return process;
    }
}
