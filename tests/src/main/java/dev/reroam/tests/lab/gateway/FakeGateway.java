package dev.reroam.tests.lab.gateway;

import dev.reroam.linux.libc.Clock;
import dev.reroam.tests.lab.Inside;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.gateway.Heard.Question;
import dev.reroam.tests.lab.gateway.UpnpDevice.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway that speaks PCP, NAT-PMP and UPnP on an address of a namespace, and does wrong what it is told to. It translates
 * nothing. Its methods may be called from any thread; one thread of its own has all state.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Answers that are due later: closing forgets them.
public final class FakeGateway implements AutoCloseable {

    private static final int PORT = 5351;
    /** Behind the first repetition of a question, which comes after 250 ms. */
    private static final long LATE_MILLIS = 300;

    private static final int SSDP_PORT = 1900;
    // RFC 6886 section 3.2.1, RFC 6887 section 14.1; UDA section 1.2.1.
    private static final InetSocketAddress ALL_HOSTS = new InetSocketAddress("224.0.0.1", 5350);
    private static final InetSocketAddress SSDP_GROUP = new InetSocketAddress("239.255.255.250", SSDP_PORT);
    private static final String GATEWAY_DEVICE = "urn:schemas-upnp-org:device:InternetGatewayDevice:";
    private static final int LARGEST = 2048;
    private static final long ANSWERS_WITHIN_SECONDS = 20;

    private final Namespace namespace;
    private final String address;
    private final Clock clock = Clock.system();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("fake-gateway").factory());
    private final Ways ways = new Ways();
    private final PortTable table = new PortTable(clock);
    private final List<Heard> heard = new ArrayList<>();
    private final Datagrams datagrams = new Datagrams(ways, table, this::hear);
    private final UpnpDevice device = new UpnpDevice(ways, table, this::hear);
    private final Sockets sockets;
    private final HttpServer http;
    // The first thing that went wrong on its thread: an executor would swallow it.
    private final AtomicReference<@Nullable RuntimeException> bug = new AtomicReference<>();
    private int boot = 1;

    /** The open sockets; made inside the namespace. */
    private record Sockets(
            DatagramChannel mapping,
            DatagramChannel other,
            DatagramChannel ssdp,
            DatagramChannel group,
            ServerSocket server) {}

    private FakeGateway(Namespace namespace, String address, Sockets sockets) {
        this.namespace = namespace;
        this.address = address;
        this.sockets = sockets;
        http = new HttpServer(sockets.server(), this::page);
        read(sockets.mapping(), this::onMapping);
        read(sockets.ssdp(), this::onSearch);
        read(sockets.group(), this::onSearch);
    }

    /**
     * Starts it.
     *
     * @param device the interface towards its clients
     * @param address its address there
     */
    public static FakeGateway start(Namespace namespace, String device, String address) {
        return new FakeGateway(namespace, address, Inside.of(namespace, () -> open(device, address)));
    }

    private static Sockets open(String device, String address) throws IOException {
        var own = InetAddress.getByName(address);
        var link = NetworkInterface.getByName(device);
        var mapping = DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.IP_MULTICAST_IF, link)
                .bind(new InetSocketAddress(own, PORT));
        var other = DatagramChannel.open(StandardProtocolFamily.INET).bind(new InetSocketAddress(own, 0));
        var ssdp = DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .setOption(StandardSocketOptions.IP_MULTICAST_IF, link)
                .bind(new InetSocketAddress(own, SSDP_PORT));
        // A socket of its own: a second gateway beside this one hears the same group.
        var group = DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                .bind(SSDP_GROUP);
        group.join(SSDP_GROUP.getAddress(), link);
        return new Sockets(mapping, other, ssdp, group, new ServerSocket(UpnpDevice.PORT, 50, own));
    }

    // ---- for who plays with it

    /** Changes its ways; done when this returns. */
    public void change(Consumer<Ways> change) {
        on(() -> {
            change.accept(ways);
            return true;
        });
    }

    /** Its table is empty and its epochs begin anew, as after a power cut; it says nothing of it. */
    public void reboot() {
        on(() -> {
            table.forget();
            return ++boot;
        });
    }

    /** Says that it is there, as gateways do after a start: in all that it speaks, once. */
    public void announce() {
        on(() -> {
            if (ways.speaks.contains(Speech.NAT_PMP)) {
                send(sockets.mapping(), datagrams.natPmpAnnouncement(), ALL_HOSTS);
            }
            if (ways.speaks.contains(Speech.PCP)) {
                send(sockets.mapping(), datagrams.pcpAnnouncement(), ALL_HOSTS);
            }
            if (ways.speaks.contains(Speech.UPNP)) {
                send(
                        sockets.ssdp(),
                        UpnpDevice.bytes("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nNTS: ssdp:alive\r\nNT: "
                                + GATEWAY_DEVICE + ways.igd + "\r\nUSN: uuid:fake::" + GATEWAY_DEVICE + ways.igd
                                + "\r\n" + location(UpnpDevice.GOOD) + "\r\n"),
                        SSDP_GROUP);
            }
            return true;
        });
    }

    /**
     * Tells its subscriber the outer address, as it is now.
     *
     * @return the status line of the subscriber's answer
     * @throws IllegalStateException where nobody has subscribed
     */
    public String tellAddress() {
        String callback = on(device::callback);
        String subscription = on(device::subscription);
        String external = on(() -> ways.external);
        if (callback.isEmpty()) {
            throw new IllegalStateException("nobody has subscribed");
        }
        var target = URI.create(callback);
        String body = "<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\"><e:property><ExternalIPAddress>"
                + external + "</ExternalIPAddress></e:property></e:propertyset>";
        return Inside.of(namespace, () -> {
            try (var socket = new Socket()) {
                socket.bind(new InetSocketAddress(address, 0));
                socket.connect(new InetSocketAddress(target.getHost(), target.getPort()));
                socket.getOutputStream()
                        .write(UpnpDevice.bytes("NOTIFY " + target.getPath() + " HTTP/1.1\r\nHOST: " + target.getHost()
                                + "\r\nNT: upnp:event\r\nNTS: upnp:propchange\r\nSID: " + subscription
                                + "\r\nSEQ: 1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body));
                var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                return answer.lines().findFirst().orElse("");
            }
        });
    }

    /** Whether somebody has subscribed to its events. */
    public boolean hasSubscriber() {
        return !on(device::callback).isEmpty();
    }

    /** Somebody else has this external port, by UPnP and for ever. */
    public void occupy(int external, String client) {
        on(() -> table.add(Speech.UPNP, 17, external, client, external, 0, "somebody else"));
    }

    /** What it was asked so far, in order. */
    public List<Heard> heard() {
        return on(() -> List.copyOf(heard));
    }

    /** How often it was asked this. */
    public int count(Question question) {
        return (int) heard().stream().filter(one -> one.what() == question).count();
    }

    /** Its table in words, a line for each entry: {@code PCP 17 51820 -> 192.168.77.2:51820}. */
    public List<String> table() {
        return on(() -> table.entries().stream()
                .map(entry -> entry.by() + " " + entry.protocol() + " " + entry.external() + " -> " + entry.client()
                        + ":" + entry.internal())
                .toList());
    }

    /** When an entry for this port of a client was last granted, CLOCK_MONOTONIC in nanoseconds; empty without one. */
    public Optional<Long> grantedAt(int internal) {
        return on(() -> table.entries().stream()
                .filter(entry -> entry.internal() == internal)
                .map(PortTable.Entry::grantedAt)
                .findFirst());
    }

    /** Most entries that ever led to one port of one client at the same moment. */
    public int mostAtOnce() {
        return on(table::most);
    }

    /** Most bytes that one connection took of an answer over HTTP, kernel buffers included. */
    public long largestAnswer() {
        return http.largest();
    }

    // ---- what it hears

    private void hear(Question question, String client) {
        heard.add(new Heard(clock.monotonicNanos(), question, client));
    }

    private void onMapping(InetSocketAddress from, byte[] asked) {
        datagrams.answer(asked, from.getAddress()).ifPresent(answer -> {
            later(() -> reply(answer, from));
            if (ways.repeatsLate) {
                thread.schedule(watched(() -> reply(answer, from)), LATE_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void reply(byte[] answer, InetSocketAddress to) {
        if (ways.fromAnotherAddress.isEmpty()) {
            send(ways.fromAnotherPort ? sockets.other() : sockets.mapping(), answer, to);
            return;
        }
        String stranger = ways.fromAnotherAddress.get();
        Inside.of(namespace, () -> {
            // The one before may not have let go of the port yet.
            try (var channel = DatagramChannel.open(StandardProtocolFamily.INET)
                    .setOption(StandardSocketOptions.SO_REUSEADDR, true)
                    .bind(new InetSocketAddress(InetAddress.getByName(stranger), PORT))) {
                return channel.send(ByteBuffer.wrap(answer), to);
            }
        });
    }

    private void onSearch(InetSocketAddress from, byte[] asked) {
        String text = new String(asked, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("M-SEARCH")) {
            return;
        }
        hear(Question.SEARCH, from.getAddress().getHostAddress());
        if (!ways.speaks.contains(Speech.UPNP) || !text.contains("ST: " + GATEWAY_DEVICE)) {
            return;
        }
        String version = text.contains(GATEWAY_DEVICE + "2") ? "2" : "1";
        later(() -> {
            var channel = ways.foundFromAnotherPort ? sockets.other() : sockets.ssdp();
            if (ways.trick != Trick.NONE) {
                send(channel, found(version, UpnpDevice.BAD), from);
            }
            send(channel, found(version, UpnpDevice.GOOD), from);
        });
    }

    private byte[] found(String version, String path) {
        return UpnpDevice.bytes("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nEXT:\r\nST: " + GATEWAY_DEVICE
                + version + "\r\nUSN: uuid:fake::" + GATEWAY_DEVICE + version + "\r\n" + location(path) + "\r\n");
    }

    private String location(String path) {
        return "LOCATION: http://" + address + ":" + UpnpDevice.PORT + path + "\r\nBOOTID.UPNP.ORG: " + boot + "\r\n";
    }

    /** On a client's thread, which waits for the gateway's. */
    private byte[] page(Request request) {
        byte[] answer = on(() -> device.answer(request));
        long wait = on(() -> ways.thinks.toMillis());
        try {
            return thread.schedule(() -> answer, wait, TimeUnit.MILLISECONDS).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void later(Runnable answer) {
        if (ways.thinks.isZero()) {
            answer.run();
        } else {
            thread.schedule(watched(answer), ways.thinks.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private static void send(DatagramChannel channel, byte[] bytes, InetSocketAddress to) {
        try {
            channel.send(ByteBuffer.wrap(bytes), to);
        } catch (ClosedChannelException closed) {
            // Why it is safe: the gateway has ended, and nobody waits for it.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read(DatagramChannel channel, BiConsumer<InetSocketAddress, byte[]> told) {
        Thread.ofPlatform().daemon().name("fake-gateway-reader").start(() -> {
            var buffer = ByteBuffer.allocate(LARGEST);
            try {
                while (true) {
                    buffer.clear();
                    var from = (InetSocketAddress) channel.receive(buffer);
                    byte[] bytes = new byte[buffer.flip().remaining()];
                    buffer.get(bytes);
                    thread.execute(watched(() -> told.accept(from, bytes)));
                }
            } catch (ClosedChannelException | RejectedExecutionException closed) {
                // Why it is safe: close() ends it so.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Runnable watched(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                bug.compareAndSet(null, e);
            }
        };
    }

    private <T> T on(Callable<T> call) {
        try {
            return thread.submit(call).get(ANSWERS_WITHIN_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException("the fake gateway: " + e.getMessage(), e);
        }
    }

    /** @throws IllegalStateException where something of its own went wrong meanwhile */
    @Override
    public void close() {
        thread.shutdownNow();
        http.close();
        try {
            sockets.mapping().close();
            sockets.other().close();
            sockets.ssdp().close();
            sockets.group().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var wrong = bug.get();
        if (wrong != null) {
            throw new IllegalStateException("the fake gateway has a bug", wrong);
        }
    }
}
