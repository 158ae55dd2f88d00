package dev.reroam.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.packet.Outlet;
import dev.reroam.tunnel.wireguard.TestLoop;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On the loopback, with real sockets on a real loop. */
class NameClientTest {

    private static final Outlet HERE = new Outlet(IpAddress.parse("127.0.0.1"), "lo", 0, 0);
    private static final long PATIENCE_SECONDS = 20;

    private final TestLoop loop = new TestLoop();
    private final LinkedBlockingQueue<NameAnswer> answers = new LinkedBlockingQueue<>();
    private final AtomicInteger sent = new AtomicInteger();
    private DatagramSocket server;
    private NameClient client;

    @BeforeEach
    void start() throws Exception {
        server = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        client = new NameClient(loop.loop(), loop.descriptors(), Clock.system(), new SecureRandom());
    }

    @AfterEach
    void end() throws Exception {
        loop.on(() -> {
            client.close();
            return true;
        });
        loop.close();
        server.close();
    }

    @Test
    void tellsWhatTheServerKnows() throws Exception {
        ask("stun.example.org");
        var question = receive();
        byte[] header = Arrays.copyOf(question.getData(), question.getLength());
        header[2] = (byte) 0x81;
        header[7] = 1;
        byte[] record = {(byte) 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, (byte) 198, 51, 100, 7};
        byte[] forged = Arrays.copyOf(header, header.length);
        forged[0] ^= 1;
        reply(question, forged);
        byte[] whole = Arrays.copyOf(header, header.length + record.length);
        System.arraycopy(record, 0, whole, header.length, record.length);
        reply(question, whole);
        assertEquals(new NameAnswer.Found(List.of(IpAddress.parse("198.51.100.7"))), next());
        assertEquals(1, sent.get());
    }

    @Test
    void asksASecondTimeAndGivesUp() throws Exception {
        ask("stun.example.org");
        assertEquals(new NameAnswer.None("no answer"), next());
        assertEquals(2, sent.get());
    }

    @Test
    void sendsNothingForWhatIsNoName() throws Exception {
        ask("no name");
        assertEquals(new NameAnswer.None("not a name"), next());
        assertEquals(0, sent.get());
    }

    @Test
    void whatIsClosedIsForgotten() throws Exception {
        loop.on(() -> {
            begin("stun.example.org");
            client.close();
            return true;
        });
        assertNull(answers.poll(50, TimeUnit.MILLISECONDS));
    }

    private void ask(String name) throws Exception {
        loop.on(() -> {
            begin(name);
            assertEquals(0, answers.size(), "not within the call");
            return true;
        });
    }

    private void begin(String name) {
        var to = new Endpoint(IpAddress.parse("127.0.0.1"), server.getLocalPort());
        client.ask(HERE, to, name, IpFamily.V4, sent::incrementAndGet, answers::add);
    }

    private NameAnswer next() throws InterruptedException {
        return answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private DatagramPacket receive() throws Exception {
        server.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        var packet = new DatagramPacket(new byte[512], 512);
        server.receive(packet);
        return packet;
    }

    private void reply(DatagramPacket question, byte[] bytes) throws Exception {
        server.send(new DatagramPacket(bytes, bytes.length, question.getSocketAddress()));
    }
}
