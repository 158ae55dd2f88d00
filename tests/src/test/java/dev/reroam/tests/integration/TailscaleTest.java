package dev.reroam.tests.integration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.tests.lab.AgentHome;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.FakeTailscaled;
import dev.reroam.tests.lab.Fault;
import dev.reroam.tests.lab.Faults;
import dev.reroam.tests.lab.Guest;
import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.Pause;
import dev.reroam.tests.lab.Plan;
import dev.reroam.tests.lab.Topology;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The agent beside a tailscaled whose gateway becomes another one, of which the real one takes no notice: it looks at the name of
 * the default interface (facts, A1). The daemon is a fake with real sockets, and does of its own accord what the real one does.
 */
@Tag("bed1")
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(Lanes.PATIENT)
@Timeout(120)
class TailscaleTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration UNAIDED = Duration.ofSeconds(4);

    private final Belongings belongings = Belongings.open();
    private final Fault fault = Faults.named("gateway-changed").orElseThrow();
    private final Topology net = Topology.make(fault.planned().apply(Plan.standard()), belongings);
    private final Path socket = belongings.scratch("tailscaled.sock");
    private final Path said = belongings.scratch("tailscaled.log");
    private ServerSocketChannel control;
    private DatagramChannel peer;

    @BeforeEach
    void begin() throws Exception {
        var far = net.farAddress(IpFamily.V4);
        control = Inside.of(net.far(), () -> ServerSocketChannel.open().bind(new InetSocketAddress(far, 0)));
        peer = Inside.of(net.far(), () -> DatagramChannel.open().bind(new InetSocketAddress(far, 0)));
        Thread.ofPlatform().daemon().start(this::answerPolls);
        Thread.ofPlatform().daemon().start(this::echo);
        var words = Guest.java(
                FakeTailscaled.class,
                List.of("-XX:TieredStopAtLevel=1", "-Xmx32m"),
                List.of(
                        socket.toString(),
                        far,
                        Integer.toString(port(control.getLocalAddress())),
                        Integer.toString(port(peer.getLocalAddress()))));
        net.router().start(Redirect.to(said.toFile()), words);
        awaitSaid(polling(), 1);
    }

    @AfterEach
    void end() throws Exception {
        control.close();
        peer.close();
        belongings.close();
    }

    private static int port(java.net.SocketAddress address) {
        return ((InetSocketAddress) address).getPort();
    }

    /** The control server: each word is answered, and the connection stays. */
    private void answerPolls() {
        try {
            while (true) {
                var client = control.accept();
                Thread.ofPlatform().daemon().start(() -> answer(client));
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void answer(SocketChannel client) {
        var buffer = ByteBuffer.allocate(256);
        try (client) {
            while (client.read(buffer.clear()) >= 0) {
                client.write(ByteBuffer.wrap(new byte[] {'o', 'k', '\n'}));
            }
        } catch (IOException e) {
            // It went away, as it should.
        }
    }

    private void echo() {
        var buffer = ByteBuffer.allocate(256);
        try {
            while (true) {
                var from = peer.receive(buffer.clear());
                peer.send(buffer.flip(), from);
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<String> said() {
        try {
            return Files.readAllLines(said);
        } catch (IOException e) {
            return List.of();
        }
    }

    private long times(String line) {
        return said().stream().filter(line::equals).count();
    }

    private void awaitSaid(String line, int times) {
        assertTrue(Pause.until(SOON, () -> times(line) >= times), () -> line + "\n" + said());
    }

    private String polling() {
        return "in map poll from " + net.uplink(1).address(IpFamily.V4);
    }

    private AgentHome agent() {
        var home = new AgentHome(net, net.router(), "node", ShippedFlags.agent());
        home.configure("stun.servers = []\nportmap.enabled = false\n[tailscale]\nsocket = \"" + socket + "\"\n");
        home.start();
        home.awaitStatus(SOON, status -> status.contains("\"id\":\"tailscale/router\",\"state\":\"carrying\""));
        return home;
    }

    @Test
    void itIsToldOfAnotherWayAndItsDeadControlConnectionIsDialledAnew() {
        var home = agent();
        fault.inject().apply(net);
        awaitSaid("told rebind", 1);
        awaitSaid("told restun", 1);
        awaitSaid(polling(), 2);
        assertTrue(
                Pause.until(
                        SOON, () -> home.ask("incidents/1").contains("tailscale/router: far answers directly after")),
                () -> home.ask("incidents") + home.log());
        home.awaitStatus(SOON, status -> status.contains("\"id\":\"tailscale/router\",\"state\":\"carrying\""));
        assertEquals(1, times("told rebind"), () -> "" + said());
        assertEquals(0, times("told break-derp-conns"), () -> "" + said());
    }

    @Test
    @Tag("slow")
    @Timeout(300)
    void aControlServerThatFallsSilentIsDialledAnewAndNothingElseIsDone() {
        var home = agent();
        assertTrue(Pause.until(Duration.ofSeconds(200), () -> times(polling()) >= 2), () -> said() + "\n" + home.log());
        assertTrue(
                Pause.until(SOON, () -> home.ask("incidents/1").contains("its control server is heard again after")),
                () -> home.ask("incidents") + home.log());
        assertEquals(0, times("told rebind"), () -> "" + said());
    }

    @Test
    void withoutTheAgentItsControlConnectionHangs() {
        fault.inject().apply(net);
        Pause.of(UNAIDED);
        assertEquals(1, times(polling()), () -> "" + said());
    }
}
