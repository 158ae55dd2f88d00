package dev.reroam.tunnel.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Errno;
import dev.reroam.tunnel.wireguard.UapiOwner.Residence;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "poll: {0}")
@ValueSource(booleans = {false, true})
class UapiClientTest {

    private static final String TOLD = "listen_port=7\nerrno=0\n\n";
    private static final String GET = "get=1\n\n";
    private static final UapiRequest REBIND = UapiRequest.listenPort(7);

    @TempDir
    Path folder;

    private final TestLoop loop;
    private Path socket;
    private FakeDaemon daemon;
    private UapiClients clients;

    UapiClientTest(boolean poll) {
        loop = new TestLoop(poll);
    }

    @BeforeEach
    void start() throws Exception {
        socket = folder.resolve("wg0.sock");
        daemon = new FakeDaemon(socket);
        clients = loop.on(() -> clients(Path.of("/proc"), Duration.ofSeconds(10)));
    }

    @AfterEach
    void stop() throws Exception {
        loop.on(() -> {
            clients.close();
            return true;
        });
        daemon.close();
        loop.close();
    }

    @Test
    void readsTheDevice() throws Exception {
        daemon.will(TOLD);
        var told = assertInstanceOf(UapiAnswer.Told.class, read());
        assertEquals(7, told.device().listenPort());
        assertEquals(5, told.device().interfaceIndex());
        assertEquals("wg0", told.device().name());
        assertEquals(Optional.empty(), told.notChangeable());
    }

    @Test
    void keepsTheConnectionOpen() throws Exception {
        daemon.will(TOLD).will(TOLD).will("errno=0\n\n");
        var first = assertInstanceOf(UapiAnswer.Told.class, read());
        var second = assertInstanceOf(UapiAnswer.Told.class, read());
        assertSame(first.device(), second.device());
        assertEquals(new UapiAnswer.Accepted(), change());
        assertEquals(1, daemon.connections);
        assertEquals(List.of(GET, GET, REBIND.toString()), daemon.asked);
    }

    @Test
    void readsBeforeTheFirstChangeOfAConnection() throws Exception {
        daemon.will(TOLD).will("errno=0\n\n");
        assertEquals(new UapiAnswer.Accepted(), change());
        assertEquals(List.of(GET, REBIND.toString()), daemon.asked);
    }

    @Test
    void answersInOrderWhatWasAskedAtOnce() throws Exception {
        daemon.will(TOLD).will("errno=-22\n\n").will("errno=0\n\n");
        var answers = loop.on(() -> List.of(ask(REBIND), ask(REBIND)));
        assertEquals(new UapiAnswer.Refused(Errno.EINVAL), answers.get(0).get(10, TimeUnit.SECONDS));
        assertEquals(new UapiAnswer.Accepted(), answers.get(1).get(10, TimeUnit.SECONDS));
    }

    @Test
    void neverChangesBoringtun() throws Exception {
        // It hangs up after each answer, too.
        var told = "own_public_key=" + "01".repeat(32) + "\nlisten_port=7\nerrno=0\n\n";
        daemon.will(told).will(told);
        assertInstanceOf(UapiAnswer.NotChangeable.class, change());
        var answer = assertInstanceOf(UapiAnswer.Told.class, read());
        assertEquals(Optional.of("boringtun panics when a peer is changed"), answer.notChangeable());
        assertEquals(List.of(GET, GET), daemon.asked);
    }

    @Test
    void asksTheSuccessorOfADaemonThatHungUp() throws Exception {
        daemon.will(FakeDaemon.HANG_UP).will(TOLD);
        assertInstanceOf(UapiAnswer.Told.class, read());
        assertEquals(2, daemon.connections);
    }

    @Test
    void givesUpWhenTheDaemonHangsUpTwice() throws Exception {
        daemon.will(FakeDaemon.HANG_UP).will(FakeDaemon.HANG_UP);
        assertEquals(new UapiAnswer.Absent(Errno.ECONNRESET), read());
    }

    @Test
    void findsTheDaemonAgainAfterItsRestart() throws Exception {
        daemon.will(TOLD);
        read();
        daemon.close();
        daemon = new FakeDaemon(socket).will(TOLD).will("errno=0\n\n");
        assertEquals(new UapiAnswer.Accepted(), change());
        assertEquals(List.of(GET, REBIND.toString()), daemon.asked);
    }

    @Test
    void aSocketThatNobodyListensOnIsNoDaemon() throws Exception {
        daemon.close();
        assertEquals(new UapiAnswer.Absent(Errno.ENOENT), read());
        var stale = new FakeDaemon(folder.resolve("other"));
        Files.createLink(socket, folder.resolve("other"));
        stale.close();
        assertEquals(new UapiAnswer.Absent(Errno.ECONNREFUSED), read());
    }

    @Test
    void doesNotWaitForEver() throws Exception {
        clients = loop.on(() -> clients(Path.of("/proc"), Duration.ofMillis(1)));
        daemon.will(FakeDaemon.SILENCE).will(TOLD);
        assertEquals(new UapiAnswer.Silent(), read());
        // What it says nothing to is what it was asked first.
        daemon.awaitTaken();
        clients = loop.on(() -> clients(Path.of("/proc"), Duration.ofSeconds(10)));
        assertInstanceOf(UapiAnswer.Told.class, read());
    }

    @Test
    void refusesGarbage() throws Exception {
        daemon.will("hello\n").will(TOLD);
        assertInstanceOf(UapiAnswer.Garbled.class, read());
        assertInstanceOf(UapiAnswer.Told.class, read());
    }

    @Test
    void requestsUnderWayEndWhenItIsClosed() throws Exception {
        daemon.will(FakeDaemon.SILENCE);
        var answers = loop.on(() -> {
            var asked = List.of(ask(UapiRequest.GET), ask(REBIND));
            clients.close("wg0");
            return asked;
        });
        for (var answer : answers) {
            assertEquals(new UapiAnswer.Absent(Errno.ENOENT), answer.get(10, TimeUnit.SECONDS));
        }
    }

    @Test
    void knowsASocketMadeInOurNamespace() throws Exception {
        daemon.will(TOLD);
        read();
        var owner = loop.on(() -> clients.of("wg0").orElseThrow().owner().orElseThrow());
        assertEquals(Residence.HERE, owner.residence());
        assertEquals(ProcessHandle.current().pid(), owner.processId());
        assertEquals(0, owner.userId());
    }

    @Test
    void onlyWatchesADaemonWhoseNamespaceCannotBeRead() throws Exception {
        clients = loop.on(() -> clients(folder, Duration.ofSeconds(10)));
        daemon.will(TOLD).will("errno=0\n\n");
        assertEquals(
                Optional.of("whose network namespace its daemon is in cannot be told"),
                assertInstanceOf(UapiAnswer.Told.class, read()).notChangeable());
        assertInstanceOf(UapiAnswer.NotChangeable.class, change());
        assertEquals(List.of(GET), daemon.asked);
    }

    @Test
    void leavesADaemonInAnotherNamespaceAlone() throws Exception {
        proc("self", "net:[1]");
        proc(Long.toString(ProcessHandle.current().pid()), "net:[2]");
        clients = loop.on(() -> clients(folder, Duration.ofSeconds(10)));
        assertEquals(new UapiAnswer.Elsewhere(), read());
        assertEquals(List.of(), daemon.asked);
    }

    @Test
    void believesTheListOfSocketsWhenTheProcessIsGone() throws Exception {
        proc("self", "net:[1]");
        Files.createDirectories(folder.resolve("self/net"));
        Files.writeString(
                folder.resolve("self/net/unix"),
                "Num       RefCount Protocol Flags    Type St Inode Path\n"
                        + "0000000000000000: 00000002 00000000 00010000 0001 01 14550 " + socket + "\n");
        clients = loop.on(() -> clients(folder, Duration.ofSeconds(10)));
        daemon.will(TOLD);
        assertEquals(
                Optional.empty(),
                assertInstanceOf(UapiAnswer.Told.class, read()).notChangeable());
    }

    private void proc(String process, String namespace) throws Exception {
        Files.createDirectories(folder.resolve(process + "/ns"));
        Files.createSymbolicLink(folder.resolve(process + "/ns/net"), Path.of(namespace));
    }

    private UapiClients clients(Path proc, Duration limit) {
        return new UapiClients(loop.descriptors(), loop.loop(), Clock.system(), new Random(1), proc, limit);
    }

    private UapiAnswer read() throws Exception {
        return loop.on(() -> ask(UapiRequest.GET)).get(10, TimeUnit.SECONDS);
    }

    private UapiAnswer change() throws Exception {
        return loop.on(() -> ask(REBIND)).get(10, TimeUnit.SECONDS);
    }

    private CompletableFuture<UapiAnswer> ask(UapiRequest request) {
        var answer = new CompletableFuture<UapiAnswer>();
        var client = clients.open("wg0", socket.toString());
        if (request == UapiRequest.GET) {
            client.read(5, answer::complete);
        } else {
            client.change(request, answer::complete);
        }
        return answer;
    }
}
