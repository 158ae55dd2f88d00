package dev.reroam.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.reroam.recovery.Path.None;
import dev.reroam.web.AgentEvent;
import dev.reroam.web.FakeApi;
import dev.reroam.web.RunningAgent;
import dev.reroam.web.RunningAgent.Driver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class QuestionsTest {

    private final Terminal terminal = new Terminal();

    @TempDir
    Path folder;

    private Path socket;

    @BeforeEach
    void namesTheSocket() {
        socket = folder.resolve("reroam.sock");
    }

    @Test
    void showsTheStatusAtAGlance() throws Exception {
        assertEquals(Cli.DONE, ask("status"));
        assertEquals("""
                reroam 0.1.0, mode repair, process 4242, up 1 min 40 s
                missing CAP_NET_RAW: no echo

                TUNNEL        STATE           FOR           OVER                   LAST PROOF          PORT        NOTE
                wg0/AbCdEfGh  carrying        1 min 0 s     wan0 via 192.0.2.1     handshake, 1 s ago  51820 free  incident 7
                wg1           cannot be read  1 min 40 s    no way (ENETUNREACH)   -                   -           EPERM
                tailscale/nas  needs a person  1 min 0 s  1 direct, 1 relayed  -  -  it is logged out

                UPLINK  STATE  FOR         GATEWAY    SOURCE     PUBLIC                           GATEWAY SPEAKS
                wan0    up     1 min 40 s  192.0.2.1  192.0.2.7  203.0.113.9, 12 s ago, easy NAT  PCP, NAT-PMP

                PORT OF  OVER  SEEN AS            AGO   NOTE
                wg0      wan0  203.0.113.9:51820  20 s

                MAPPED     OVER  REACHED AT         BY   FOR        LEASE
                udp 51820  wan0  203.0.113.9:51820  PCP  1 min 0 s  2 h 0 min
                """.replaceAll(" {2,}", "  "), terminal.out().replaceAll(" {2,}", "  "));
    }

    @Test
    void keepsColumnsUnderTheirHeadings() throws Exception {
        ask("status");
        List<String> lines = terminal.out()
                .lines()
                .dropWhile(l -> !l.startsWith("TUNNEL"))
                .takeWhile(l -> !l.isEmpty())
                .toList();
        for (String heading : List.of("STATE", "FOR", "OVER", "LAST PROOF", "PORT", "NOTE")) {
            int column = lines.get(0).indexOf(heading);
            for (String line : lines) {
                assertEquals(' ', line.charAt(column - 1), line);
                assertTrue(line.charAt(column) != ' ', line);
            }
        }
    }

    @Test
    void passesTheStatusOnAsJson() throws Exception {
        assertEquals(Cli.DONE, ask("status", "--json"));
        assertEquals(1, terminal.out().lines().count());
        assertEquals(
                4242,
                JsonParser.parseString(terminal.out())
                        .getAsJsonObject()
                        .get("pid")
                        .getAsInt());
    }

    @Test
    void explainsEachDeviceAndEachTunnelOnOneLine() throws Exception {
        assertEquals(Cli.DONE, ask("explain", "wg0/AbCd"));
        assertEquals(
                "wg0: port 51820 is free: named nowhere\nwg0/AbCdEfGh: asked the way to 198.51.100.9:51820, udp from port"
                        + " 51820, mark 0x0, user 0; answered wan0 via 192.0.2.1 from 192.0.2.7; decided by rule 32766: main; last proof handshake, 1 s ago\n",
                terminal.out());
    }

    @Test
    void recoversWhatIsThereAndNothingElse() throws Exception {
        assertEquals(Cli.DONE, ask("recover"));
        assertEquals("recovering wg0/AbCdEfGh\n", terminal.out());
        assertEquals(Cli.FAILED, ask("recover", "wg9/a&b=c +é%"));
        assertEquals("reroam: no tunnel 'wg9/a&b=c +é%'\n", terminal.err());
    }

    @Test
    void watchesFromTheStatusOnUntilTheAgentStops() throws Exception {
        var agent = new RunningAgent(Driver.EPOLL, socket);
        var watching = new Thread(() -> terminal.run("watch", "--socket", socket.toString()));
        watching.start();
        while (agent.listeners() == 0) {
            Thread.onSpinWait();
        }
        agent.tell(new AgentEvent.Noted(7, 5, "STEP", Optional.of("wg0/AbCdEfGh"), "refresh \u001b[31mred é"));
        agent.tell(new AgentEvent.TunnelChanged(FakeApi.tunnel(Optional.of(new None("ENETUNREACH"))), 6));
        agent.tell(new AgentEvent.TunnelGone("wg0/AbCdEfGh", 7));
        // Only when the last line is out may the agent go: closing a socket throws away what was not sent.
        while (!terminal.out().contains("gone")) {
            Thread.onSpinWait();
        }
        agent.close();
        watching.join();
        List<String> lines = terminal.out().lines().toList();
        assertEquals("reroam 0.1.0, mode repair, process 4242, up 1 min 40 s", lines.get(0));
        List<String> told = lines.subList(lines.size() - 3, lines.size());
        assertTrue(told.get(0).endsWith("  incident 7  step  wg0/AbCdEfGh  refresh ?[31mred é"), told.get(0));
        assertTrue(told.get(1).endsWith("  wg0/AbCdEfGh  carrying  over no way (ENETUNREACH)"), told.get(1));
        assertTrue(told.get(2).endsWith("  wg0/AbCdEfGh  gone"), told.get(2));
        assertTrue(terminal.err().contains("the agent ended the stream"), terminal.err());
    }

    @Test
    void writesEventsWithTheTimeOfDay() throws IOException {
        var text = new EventText(ZoneOffset.UTC);
        assertEquals(
                Optional.of("00:00:01.005  incident 3  opened  wan0 lost its carrier"),
                text.of(
                        "incident",
                        View.parse("{\"unix_ms\":1005,\"incident\":3,\"kind\":\"opened\",\"tunnel\":null,"
                                + "\"what\":\"wan0 lost its carrier\"}")));
        assertEquals(Optional.empty(), text.of("from_the_future", View.parse("{}")));
    }

    @Test
    void saysThatNoAgentIsThere() throws IOException {
        assertEquals(Cli.FAILED, terminal.run("status", "--socket", socket.toString()));
        assertTrue(terminal.err().startsWith("reroam: no agent is running here: no " + socket), terminal.err());
        try (var left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(socket));
        }
        var after = new Terminal();
        assertEquals(Cli.FAILED, after.run("watch", "--socket", socket.toString()));
        assertEquals("reroam: no agent is running: nobody listens on " + socket + "\n", after.err());
    }

    @Test
    void saysThatWhatAnswersIsNoAgent() throws Exception {
        List<String> strange = List.of(
                "",
                "SSH-2.0-OpenSSH_9\r\n",
                "HTTP/1.1 200 OK\r\n\r\n[1]",
                "HTTP/1.1 200 OK\r\n\r\n" + "[".repeat(100_000),
                "HTTP/1.1 500 Oops\r\n\r\n<html>",
                "HTTP/1.1 200 OK\r\n\r\n{\"pid\":");
        for (String answer : strange) {
            Files.deleteIfExists(socket);
            for (String command : List.of("status", "watch", "recover")) {
                var again = new Terminal();
                assertEquals(Cli.FAILED, answeredWith(answer, again, command), answer);
                assertTrue(again.err().startsWith("reroam: "), again.err());
                Files.delete(socket);
            }
        }
    }

    @Test
    void readsAnOlderOrNewerAgentForgivingly() throws Exception {
        assertTrue(StatusText.of(View.parse("{}")).startsWith("reroam ?, mode ?"));
        var text = StatusText.of(
                View.parse(
                        "{\"tunnels\":[{\"id\":7,\"state\":{},\"path\":\"x\",\"new\":1},3,null],\"uplinks\":{},\"pid\":\"x\"}"));
        assertTrue(text.contains("process x"), text);
    }

    @Test
    void says200MillisecondsAndThreeDaysAlike() {
        List<String> ages = new ArrayList<>();
        for (long age : new long[] {-5, 0, 999, 1_000, 61_000, 3_600_000, 86_400_000L * 3 + 3_600_000 * 4}) {
            ages.add(Age.of(age));
        }
        assertEquals(List.of("0 ms", "0 ms", "999 ms", "1 s", "1 min 1 s", "1 h 0 min", "3 d 4 h"), ages);
    }

    private int ask(String... words) throws Exception {
        try (var agent = new RunningAgent(Driver.NIO, socket)) {
            List<String> line = new ArrayList<>(List.of(words));
            line.addAll(List.of("--socket", socket.toString()));
            int code = terminal.run(line.toArray(String[]::new));
            assertEquals(0, agent.listeners());
            return code;
        }
    }

    private int answeredWith(String answer, Terminal terminal, String command) throws Exception {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            var answering = new Thread(() -> {
                try (var channel = server.accept()) {
                    channel.read(ByteBuffer.allocate(4096));
                    ByteBuffer bytes = ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8));
                    while (bytes.hasRemaining()) {
                        channel.write(bytes);
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            answering.start();
            int code = terminal.run(command, "--socket", socket.toString());
            answering.join();
            return code;
        }
    }
}
