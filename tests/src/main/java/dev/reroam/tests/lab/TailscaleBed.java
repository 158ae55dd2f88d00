package dev.reroam.tests.lab;

import dev.reroam.linux.ip.IpFamily;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A fake tailscaled on the router of a network, and beyond the uplinks its control server and a node that it talks with. */
public final class TailscaleBed implements AutoCloseable {

    /** Whatever takes longer does not come. */
    public static final Duration SOON = Duration.ofSeconds(20);

    private final Topology net;
    private final Path socket;
    private final Path said;
    private final ServerSocketChannel control;
    private final DatagramChannel peer;

    private TailscaleBed(Topology net, Belongings belongings) throws IOException {
        this.net = net;
        socket = belongings.scratch("tailscaled.sock");
        said = belongings.scratch("tailscaled.log");
        var far = net.farAddress(IpFamily.V4);
        control = Inside.of(net.far(), () -> ServerSocketChannel.open().bind(new InetSocketAddress(far, 0)));
        peer = Inside.of(net.far(), () -> DatagramChannel.open().bind(new InetSocketAddress(far, 0)));
        Thread.ofPlatform().daemon().start(this::answerPolls);
        Thread.ofPlatform().daemon().start(this::echo);
        var flags = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-Xmx32m"));
        flags.addAll(FakeTailscaled.OPENED);
        var words = Guest.java(
                FakeTailscaled.class,
                flags,
                List.of(
                        socket.toString(),
                        far,
                        Integer.toString(port(control.getLocalAddress())),
                        Integer.toString(port(peer.getLocalAddress()))));
        net.router().start(Redirect.to(said.toFile()), words);
    }

    /** Starts everything, and waits until the node is in its map poll by the first uplink. */
    public static TailscaleBed begin(Topology net, Belongings belongings) throws IOException {
        var bed = new TailscaleBed(net, belongings);
        bed.await(bed.polling(1), 1);
        return bed;
    }

    private static int port(SocketAddress address) {
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

    /** Where it listens. */
    public Path socket() {
        return socket;
    }

    /**
     * Something that it said.
     *
     * @param at nanoseconds of CLOCK_REALTIME
     */
    public record Word(long at, String what) {}

    /** All that it said so far. */
    public List<Word> said() {
        try (var lines = Files.lines(said)) {
            return lines.map(FakeTailscaled::word).flatMap(Optional::stream).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** How often it said that. */
    public long times(String line) {
        return at(line).size();
    }

    /** When it said that, nanoseconds of CLOCK_REALTIME. */
    public List<Long> at(String line) {
        return said().stream()
                .filter(word -> word.what().equals(line))
                .map(Word::at)
                .toList();
    }

    /** Waits until it has said that so often; throws where it does not. */
    public void await(String line, int times) {
        if (!Pause.until(SOON, () -> times(line) >= times)) {
            throw new IllegalStateException("never said " + line + " " + times + " times: " + said());
        }
    }

    /** What it says when it polls by this uplink. */
    public String polling(int uplink) {
        return "in map poll from " + net.uplink(uplink).address(IpFamily.V4);
    }

    @Override
    public void close() throws IOException {
        control.close();
        peer.close();
    }
}
