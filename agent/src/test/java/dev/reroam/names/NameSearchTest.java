package dev.reroam.names;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.tunnel.wireguard.TestLoop;
import java.io.ByteArrayOutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the loopback, with real sockets on a real loop. */
class NameSearchTest {

    private static final Outlet HERE = new Outlet(IpAddress.parse("127.0.0.1"), "lo", 0, 0);
    private static final int PATIENCE_MILLIS = 20_000;
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final String NAME = "vpn.example";

    private final TestLoop loop = new TestLoop();
    private final LinkedBlockingQueue<NameAnswer> answers = new LinkedBlockingQueue<>();
    private final List<DatagramSocket> servers = new ArrayList<>();
    private NameClient client;

    @BeforeEach
    void start() throws Exception {
        client = new NameClient(loop.loop(), loop.descriptors(), Clock.system(), new SecureRandom());
    }

    @AfterEach
    void end() throws Exception {
        loop.on(() -> {
            client.close();
            return true;
        });
        loop.close();
        servers.forEach(DatagramSocket::close);
    }

    @Test
    void mergesBothFamiliesOfAllServers() throws Exception {
        var first = server();
        var second = server();
        begin(LONG_NANOS);
        answer(first, "198.51.100.1", "2001:db8::1");
        answer(second, "198.51.100.2", "2001:db8::1");
        var found = (NameAnswer.Found) next();
        assertEquals(
                Set.of(
                        IpAddress.parse("198.51.100.1"),
                        IpAddress.parse("198.51.100.2"),
                        IpAddress.parse("2001:db8::1")),
                Set.copyOf(found.addresses()));
        assertEquals(3, found.addresses().size());
    }

    @Test
    void waitsNotForThoseThatAreSilent() throws Exception {
        var first = server();
        server();
        begin(1);
        answer(first, "198.51.100.1", "");
        assertEquals(new NameAnswer.Found(List.of(IpAddress.parse("198.51.100.1"))), next());
    }

    @Test
    void saysThatANameHasNoAddress() throws Exception {
        var only = server();
        begin(LONG_NANOS);
        answer(only, "", "");
        assertEquals(new NameAnswer.None("has no address"), next());
    }

    @Test
    void saysThatNobodyAnswers() throws Exception {
        server();
        begin(LONG_NANOS);
        assertEquals(new NameAnswer.None("no answer"), next());
    }

    @Test
    void saysThatThereIsNobodyToAsk() throws Exception {
        begin(LONG_NANOS);
        assertEquals(new NameAnswer.None("no name server is known"), next());
    }

    private DatagramSocket server() throws Exception {
        var server = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        server.setSoTimeout(PATIENCE_MILLIS);
        servers.add(server);
        return server;
    }

    private void begin(long mergeNanos) throws Exception {
        loop.on(() -> {
            var ways = servers.stream()
                    .map(server ->
                            new NameSearch.Way(HERE, new Endpoint(IpAddress.parse("127.0.0.1"), server.getLocalPort())))
                    .toList();
            NameSearch.begin(client, loop.loop(), Clock.system(), NAME, ways, mergeNanos, answers::add);
            assertEquals(0, answers.size(), "not within the call");
            return true;
        });
    }

    /** Answers a question of each family; with nothing where the address is empty. */
    private static void answer(DatagramSocket server, String v4, String v6) throws Exception {
        for (int i = 0; i < 2; i++) {
            var question = new DatagramPacket(new byte[512], 512);
            server.receive(question);
            int length = question.getLength();
            boolean isV4 = question.getData()[length - 3] == 1;
            String address = isV4 ? v4 : v6;
            var out = new ByteArrayOutputStream();
            out.write(question.getData(), 0, length);
            if (!address.isEmpty()) {
                byte[] bytes = IpAddress.parse(address).bytes();
                out.writeBytes(ByteBuffer.allocate(12)
                        .putShort((short) 0xc00c)
                        .putShort((short) (IpAddress.parse(address).family() == IpFamily.V4 ? 1 : 28))
                        .putShort((short) 1)
                        .putInt(60)
                        .putShort((short) bytes.length)
                        .array());
                out.writeBytes(bytes);
            }
            byte[] answer = out.toByteArray();
            answer[2] = (byte) 0x81;
            answer[7] = (byte) (address.isEmpty() ? 0 : 1);
            server.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
        }
    }

    private NameAnswer next() throws InterruptedException {
        return answers.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
}
