package dev.reroam.tests.lab;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Libc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channel;
import java.nio.channels.Channels;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A program that behaves as tailscaled does towards its box, after what is known of it (facts, A2, A5, A8, A9): one TCP connection
 * to its control server, dialled anew when it breaks and only then; a UDP socket that is opened anew on the same port when it is
 * told to; its mark on both; a LocalAPI socket. Prints what happens to it, one line each. Arguments: the LocalAPI socket, the far host, the TCP port
 * of the control server, the UDP port of the peer.
 */
public final class FakeTailscaled {

    /** For the JVM that it runs in. */
    public static final List<String> OPENED = List.of("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

    /** The rules that the real one makes, as it makes them on a box without mwan3. */
    public static final String RULES = """
            ip rule add pref 5210 fwmark 0x80000/0xff0000 lookup main
            ip rule add pref 5230 fwmark 0x80000/0xff0000 lookup default
            ip rule add pref 5250 fwmark 0x80000/0xff0000 unreachable
            ip rule add pref 5270 lookup 52
            """;

    private static final Pattern LINE = Pattern.compile("(\\d{19}) (.*)");
    private static final int MARK = 0x80000;
    private static final int PORT = 41_641;
    private static final int PING_MILLIS = 1_000;
    private static final int REDIAL_MILLIS = 50;

    private final InetSocketAddress control;
    private final InetSocketAddress peer;
    private final AtomicReference<Optional<SocketChannel>> connection = new AtomicReference<>(Optional.empty());
    private final Clock clock = Clock.system();
    private DatagramSocket udp;

    private FakeTailscaled(String far, int tcp, int udpPort) throws IOException {
        control = new InetSocketAddress(far, tcp);
        peer = new InetSocketAddress(far, udpPort);
        udp = open();
    }

    private static DatagramSocket open() throws IOException {
        var channel = DatagramChannel.open();
        mark(channel);
        return channel.bind(new InetSocketAddress(PORT)).socket();
    }

    /** The JDK has no word for SO_MARK, nor for the number that the kernel knows a socket by. */
    private static void mark(Channel channel) throws IOException {
        int descriptor;
        try {
            var number = channel.getClass().getMethod("getFDVal");
            number.setAccessible(true);
            descriptor = (int) number.invoke(channel);
        } catch (ReflectiveOperationException e) {
            throw new IOException("run with " + String.join(" ", OPENED), e);
        }
        var value = ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putInt(0, MARK);
        int outcome = Libc.setSocketOption(descriptor, Libc.SOL_SOCKET, Libc.SO_MARK, value);
        if (outcome < 0) {
            throw new IOException("SO_MARK: " + outcome);
        }
    }

    public static void main(String[] arguments) throws IOException {
        // What /proc calls a program is what it is found by.
        Files.writeString(Path.of("/proc/self/comm"), "tailscaled");
        var fake = new FakeTailscaled(arguments[1], Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
        Thread.ofPlatform().start(fake::poll);
        fake.serve(Path.of(arguments[0]));
    }

    private static void say(String what) {
        System.out.println(Clock.system().realtimeNanos() + " " + what);
        System.out.flush();
    }

    /** A line that it printed; empty for one that its JVM did. */
    static Optional<TailscaleBed.Word> word(String line) {
        var parts = LINE.matcher(line);
        return parts.matches()
                ? Optional.of(new TailscaleBed.Word(Long.parseLong(parts.group(1)), parts.group(2)))
                : Optional.empty();
    }

    /** The long poll: it reads, and writes only when there is something to tell. */
    private void poll() {
        while (true) {
            try (var socket = SocketChannel.open()) {
                mark(socket);
                socket.connect(control);
                connection.set(Optional.of(socket));
                say("in map poll from "
                        + ((InetSocketAddress) socket.getLocalAddress())
                                .getAddress()
                                .getHostAddress());
                tell("poll");
                var lines = new BufferedReader(new InputStreamReader(Channels.newInputStream(socket), US_ASCII));
                while (lines.readLine() != null) {
                    // A keepalive, or an answer: all is well.
                }
                say("control closed");
            } catch (IOException e) {
                say("control lost: " + e.getMessage());
            }
            connection.set(Optional.empty());
            Pause.of(Duration.ofMillis(REDIAL_MILLIS));
        }
    }

    private void tell(String what) throws IOException {
        var socket = connection.get();
        if (socket.isPresent()) {
            send(socket.get(), what + "\n");
        }
    }

    private void serve(Path path) throws IOException {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            while (true) {
                var client = server.accept();
                Thread.ofPlatform().start(() -> answer(client));
            }
        }
    }

    private void answer(SocketChannel client) {
        try {
            var request = new StringBuilder();
            var buffer = ByteBuffer.allocate(1 << 14);
            while (request.indexOf("\r\n\r\n") < 0 && client.read(buffer.clear()) >= 0) {
                request.append(US_ASCII.decode(buffer.flip()));
            }
            var words = request.toString().split(" ", -1);
            var what = words.length > 1 ? words[1].replaceFirst("^/localapi/v0/", "") : "";
            if (what.startsWith("watch-ipn-bus")) {
                // It stays open; nothing is ever told.
                send(client, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                return;
            }
            var body = what.startsWith("debug?action=")
                    ? act(what.substring(13))
                    : what.startsWith("ping") ? ping() : what.equals("prefs") ? prefs() : status();
            send(
                    client,
                    "HTTP/1.1 " + (body.startsWith("unknown") ? "400 No" : "200 OK") + "\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
            client.close();
        } catch (IOException e) {
            say("a client left: " + e.getMessage());
        }
    }

    private static void send(SocketChannel client, String text) throws IOException {
        var left = US_ASCII.encode(text);
        while (left.hasRemaining()) {
            client.write(left);
        }
    }

    private String prefs() {
        return "{\"ControlURL\":\"http://" + control.getAddress().getHostAddress() + ":" + control.getPort()
                + "\",\"AdvertiseRoutes\":null,\"ExitNodeID\":\"\",\"CorpDNS\":false}";
    }

    /** Where it may be found: its port at each address of the box. */
    private static String endpoints() throws IOException {
        return NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .filter(address -> !address.isLoopbackAddress())
                .map(address -> '"' + address.getHostAddress() + ":" + PORT + '"')
                .collect(Collectors.joining(","));
    }

    private String status() throws IOException {
        return Template.fill("""
                {"Version":"1.98.10","TUN":true,"BackendState":"Running",
                 "Self":{"HostName":"router","DNSName":"router.example.ts.net.","TailscaleIPs":["100.64.0.1"],"Addrs":[%s],"Online":true},
                 "Peer":{"nodekey:00":{"HostName":"far","DNSName":"far.example.ts.net.","TailscaleIPs":["100.64.0.2"],
                   "CurAddr":"%s:%d","Active":true,"Online":true}}}
                """, endpoints(), peer.getAddress().getHostAddress(), peer.getPort());
    }

    private synchronized String act(String word) {
        say("asked to " + word);
        switch (word) {
            case "rebind" -> {
                try {
                    udp.close();
                    udp = open();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            case "restun", "break-derp-conns" -> {
                try {
                    // Its addresses are others: it says so.
                    tell("endpoints");
                } catch (IOException e) {
                    say("control cannot be told: " + e.getMessage());
                }
            }
            default -> {
                return "unknown action";
            }
        }
        say("told " + word);
        return "done\n";
    }

    private synchronized String ping() throws IOException {
        long began = clock.monotonicNanos();
        var question = "ping".getBytes(US_ASCII);
        udp.setSoTimeout(PING_MILLIS);
        try {
            udp.send(new DatagramPacket(question, question.length, peer));
            udp.receive(new DatagramPacket(new byte[16], 16));
        } catch (SocketTimeoutException e) {
            return "{\"IP\":\"100.64.0.2\",\"Err\":\"no answer\"}";
        }
        return "{\"IP\":\"100.64.0.2\",\"NodeName\":\"far\",\"Err\":\"\",\"LatencySeconds\":"
                + (clock.monotonicNanos() - began) / 1e9 + ",\"Endpoint\":\""
                + peer.getAddress().getHostAddress() + ":"
                + peer.getPort() + "\"}";
    }
}
