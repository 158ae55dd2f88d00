package dev.reroam.tests.integration;

import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.Namespace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A name server that knows a few names, and that the others are not there. Any thread. */
final class NameResponder implements AutoCloseable {

    // RFC 1035 section 4.1.1, RFC 3596 section 2.1
    private static final int HEADER = 12;
    private static final int TYPE_A = 1;
    private static final short ANSWERED = (short) 0x8180;
    private static final short NO_SUCH_NAME = (short) 0x8183;

    // By name: an IPv4 address, and an IPv6 address; empty where there is none.
    private final Map<String, List<String>> names = new ConcurrentHashMap<>(Map.of(
            "stun.example", List.of("11.22.33.10", "2001:db8:77::10"),
            "ipv4only.arpa", List.of("192.0.0.170", "64:ff9b::c000:aa")));

    private final DatagramSocket socket;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    private NameResponder(DatagramSocket socket) {
        this.socket = socket;
    }

    static NameResponder start(Namespace namespace, String address) {
        var responder = new NameResponder(Inside.of(
                namespace, () -> new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), 53))));
        Thread.ofPlatform().daemon().start(responder::serve);
        return responder;
    }

    /** Has a name mean this from now on; an address may be empty. */
    void names(String name, String v4, String v6) {
        names.put(name, List.of(v4, v6));
    }

    /** The addresses from which somebody asked. */
    List<String> asked() {
        return asked;
    }

    private void serve() {
        var packet = new DatagramPacket(new byte[512], 512);
        while (!socket.isClosed()) {
            try {
                packet.setLength(512);
                socket.receive(packet);
                asked.add(packet.getAddress().getHostAddress());
                byte[] answer = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                // Closed: the test is over.
                return;
            }
        }
    }

    private byte[] answer(ByteBuffer question) throws IOException {
        short id = question.getShort(0);
        question.position(HEADER);
        var name = new StringBuilder();
        for (int length = question.get(); length > 0; length = question.get()) {
            byte[] label = new byte[length];
            question.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        short type = question.getShort();
        question.getShort();
        var addresses = names.get(name.toString());
        var text = addresses == null ? "" : addresses.get(type == TYPE_A ? 0 : 1);
        var out = new ByteArrayOutputStream();
        boolean known = addresses != null;
        out.writeBytes(ByteBuffer.allocate(HEADER)
                .putShort(id)
                .putShort(known ? ANSWERED : NO_SUCH_NAME)
                .putShort((short) 1)
                .putShort((short) (text.isEmpty() ? 0 : 1))
                .array());
        byte[] asked = new byte[question.position() - HEADER];
        question.get(HEADER, asked);
        out.writeBytes(asked);
        if (!text.isEmpty()) {
            byte[] address = InetAddress.getByName(text).getAddress();
            // The name again, by where it stands; its type, class IN, a minute to live, and the address.
            out.writeBytes(ByteBuffer.allocate(HEADER)
                    .putShort((short) (0xc000 | HEADER))
                    .putShort(type)
                    .putShort((short) 1)
                    .putInt(60)
                    .putShort((short) address.length)
                    .array());
            out.writeBytes(address);
        }
        return out.toByteArray();
    }

    @Override
    public void close() {
        socket.close();
    }
}
