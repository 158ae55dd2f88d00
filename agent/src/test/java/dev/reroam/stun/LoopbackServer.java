package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;

/** A {@link SimulatedServer} with sockets: two addresses of the loopback, two ports that the kernel has free on both. */
final class LoopbackServer implements AutoCloseable {

    private final Map<Endpoint, DatagramSocket> sockets = new HashMap<>();
    private final SimulatedServer server;
    /** One permit for each that came in. */
    final Semaphore requests = new Semaphore(0);

    LoopbackServer(SimulatedServer.Kind kind) throws IOException {
        int port = pair();
        int otherPort = pair();
        server = new SimulatedServer(kind, at("127.0.0.1", port), at("127.0.0.2", otherPort));
        for (var entry : sockets.entrySet()) {
            Thread.ofPlatform().start(() -> serve(entry.getKey(), entry.getValue()));
        }
    }

    Endpoint primary() {
        return server.primary();
    }

    /** The same port on both addresses. */
    private int pair() throws IOException {
        while (true) {
            var first = bind("127.0.0.1", 0);
            int port = first.getLocalPort();
            try {
                sockets.put(at("127.0.0.2", port), bind("127.0.0.2", port));
                sockets.put(at("127.0.0.1", port), first);
                return port;
            } catch (SocketException e) {
                // Taken on the other address: try the next one.
                first.close();
            }
        }
    }

    private static DatagramSocket bind(String address, int port) throws IOException {
        return new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), port));
    }

    private static Endpoint at(String address, int port) {
        return new Endpoint(IpAddress.parse(address), port);
    }

    private void serve(Endpoint here, DatagramSocket socket) {
        var packet = new DatagramPacket(new byte[2048], 2048);
        while (true) {
            try {
                packet.setLength(2048);
                socket.receive(packet);
                requests.release();
                var from = new Endpoint(IpAddress.of(packet.getAddress().getAddress()), packet.getPort());
                var request = StunCodec.decode(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                if (!server.listensAt(here)) {
                    continue;
                }
                var reply = server.answer(here, from, request);
                if (reply.isPresent()) {
                    byte[] bytes = StunCodec.encode(reply.get().message());
                    var to = InetAddress.getByAddress(reply.get().to().address().bytes());
                    sockets.get(reply.get().from())
                            .send(new DatagramPacket(
                                    bytes, bytes.length, to, reply.get().to().port()));
                }
            } catch (IOException e) {
                // Closed: the test is over.
                return;
            } catch (MalformedStunException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        // Their threads end by it.
        sockets.values().forEach(DatagramSocket::close);
    }
}
