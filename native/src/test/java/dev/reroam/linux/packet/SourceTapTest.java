package dev.reroam.linux.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.NetworkNamespace;
import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two machines on one cable, each a network namespace: ours, where we listen, and theirs, which has several addresses. */
class SourceTapTest {

    private static final int PORT = 7000;

    private final TurnedLoop loop = new TurnedLoop();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final Set<IpAddress> heard = new TreeSet<>();
    private NetworkNamespace ours;
    private NetworkNamespace theirs;
    private int index;

    @BeforeEach
    void connect() throws Exception {
        ours = new NetworkNamespace();
        theirs = new NetworkNamespace();
        ours.run("ip link add in0 type veth peer name out0 netns " + theirs.name());
        ours.run("ip addr add 10.9.0.1/16 dev in0");
        ours.run("ip addr add fd99::1/48 dev in0 nodad");
        ours.run("ip link set in0 up");
        for (var address : List.of("10.9.0.9/16", "10.9.1.9/16", "fd99::9/48 nodad", "fd99:0:0:1::9/48 nodad")) {
            theirs.run("ip addr add " + address + " dev out0");
        }
        theirs.run("ip link set out0 up");
        index = Integer.parseInt(
                ours.run("ip -oneline link show dev in0").split(":", 2)[0].strip());
    }

    @AfterEach
    void disconnect() throws Exception {
        for (var one : open) {
            one.close();
        }
        ours.close();
        theirs.close();
    }

    private SourceTap tap(List<IpPrefix> from) throws Exception {
        var tap = ours.call(() -> SourceTap.open(loop, index, "in0", from, heard::add));
        open.add(tap);
        return tap;
    }

    /** The address with this last part in the first or second network. */
    private static IpAddress at(String family, int network, int host) {
        return IpAddress.parse(
                family.equals("v4") ? "10.9." + network + "." + host : "fd99:0:0:" + network + "::" + host);
    }

    private static IpPrefix first(String family) {
        return IpPrefix.parse(family.equals("v4") ? "10.9.0.0/24" : "fd99::/64");
    }

    private static IpPrefix both(String family) {
        return IpPrefix.parse(family.equals("v4") ? "10.9.0.0/23" : "fd99::/63");
    }

    private void send(NetworkNamespace where, IpAddress from, IpAddress to) throws Exception {
        var socket =
                where.call(() -> Descriptor.socket("test socket", from.family().number(), Libc.SOCK_DGRAM, 0));
        try (socket) {
            socket.bind(SocketAddress.internet(new Endpoint(from, 0), 0));
            var payload = ByteBuffer.allocateDirect(1000);
            Libc.check("send", Libc.sendTo(socket.fd(), payload, 0, SocketAddress.internet(new Endpoint(to, PORT), 0)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void hearsWhoSendsFromTheNetwork(String family) throws Exception {
        tap(List.of(first(family)));
        send(theirs, at(family, 0, 9), at(family, 0, 1));
        assertTrue(loop.until(() -> !heard.isEmpty()));
        assertEquals(Set.of(at(family, 0, 9)), heard);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void hearsNeitherOtherNetworksNorOurselves(String family) throws Exception {
        tap(List.of(first(family)));
        send(theirs, at(family, 1, 9), at(family, 0, 1));
        send(ours, at(family, 0, 1), at(family, 0, 9));
        send(theirs, at(family, 0, 9), at(family, 0, 1));
        assertTrue(loop.until(() -> heard.contains(at(family, 0, 9))));
        assertEquals(Set.of(at(family, 0, 9)), heard);
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void looksForEachOfManyNetworks(String family) throws Exception {
        var networks = new ArrayList<IpPrefix>();
        IntStream.range(100, 100 + SourceFilter.MOST_NETWORKS - 2)
                .mapToObj(other -> new IpPrefix(
                        IpAddress.parse(family.equals("v4") ? "10." + other + ".0.0" : "fd00:0:0:" + other + "::"),
                        family.equals("v4") ? 17 : 65))
                .forEach(networks::add);
        // The other family's do not count.
        networks.add(both(family.equals("v4") ? "v6" : "v4"));
        networks.add(both(family));
        tap(networks);
        send(theirs, at(family, 1, 9), at(family, 0, 1));
        assertTrue(loop.until(() -> heard.contains(at(family, 1, 9))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v4", "v6"})
    void hearsEverybodyWhereEverythingCounts(String family) throws Exception {
        tap(List.of(IpPrefix.all(at(family, 0, 1).family())));
        send(theirs, at(family, 0, 9), at(family, 0, 1));
        send(theirs, at(family, 1, 9), at(family, 0, 1));
        assertTrue(loop.until(() -> heard.containsAll(Set.of(at(family, 0, 9), at(family, 1, 9)))));
    }

    @Test
    void hearsNothingOnceItIsClosed() throws Exception {
        var tap = tap(List.of(first("v4"), first("v6")));
        assertEquals(2, loop.size());
        tap.close();
        tap.close();
        assertEquals(0, loop.size());
    }

    /** As who has heard enough does. */
    @Test
    void mayBeClosedByWhatItHears() throws Exception {
        var taps = new ArrayList<SourceTap>();
        taps.add(ours.call(() -> SourceTap.open(loop, index, "in0", List.of(first("v4")), source -> {
            heard.add(source);
            taps.getFirst().close();
        })));
        send(theirs, at("v4", 0, 9), at("v4", 0, 1));
        send(theirs, at("v4", 0, 9), at("v4", 0, 1));
        assertTrue(loop.until(() -> !heard.isEmpty()));
        assertEquals(0, loop.size());
    }

    @Test
    void saysThatAnInterfaceIsGone() {
        var refusal = assertThrows(
                Exception.class,
                () -> ours.call(() -> SourceTap.open(loop, 4711, "gone0", List.of(first("v4")), heard::add)));
        assertEquals(
                Errno.ENODEV,
                assertInstanceOf(LinuxException.class, refusal.getCause()).errno());
        assertEquals(0, loop.size());
    }
}
