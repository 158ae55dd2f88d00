package dev.reroam.linux.wireguard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.ip.IpPrefix;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DeviceAssemblyTest {

    private final DeviceAssembly assembly = new DeviceAssembly();

    @Test
    void keepsEverythingThatDidNotChange() {
        var first = dump(1, 2, 3);
        assertSame(first, dump(1, 2, 3));
        assertEquals(3, first.peers().size());
    }

    @Test
    void keepsTheOrderInWhichPeersWereFirstSeen() {
        var first = dump(1, 2, 3);
        assertSame(first, dump(3, 1, 2));
    }

    @Test
    void makesOnlyThePeerAnewThatChanged() {
        var first = dump(1, 2, 3);
        assembly.begin();
        tell(1, 10);
        tell(2, 11);
        tell(3, 10);
        var second = finish();
        assertNotSame(first, second);
        assertSame(first.peers().get(0), second.peers().get(0));
        assertSame(first.peers().get(2), second.peers().get(2));
        assertEquals(11, second.peers().get(1).receivedBytes());
        assertSame(first.peers().get(1).allowedIps(), second.peers().get(1).allowedIps());
        assertSame(first.peers().get(1).endpoint(), second.peers().get(1).endpoint());
    }

    @Test
    void forgetsPeersThatAreNotNamedAnyMore() {
        dump(1, 2, 3);
        var second = dump(1, 3);
        assertEquals(
                List.of(key(1), key(3)),
                second.peers().stream().map(WireGuardPeer::publicKey).toList());
        assertSame(second, dump(1, 3));
    }

    @Test
    void forgetsADumpThatWasNotFinished() {
        var first = dump(1, 2);
        assembly.begin();
        tell(2, 99);
        tell(7, 99);
        var second = dump(1, 2);
        assertEquals(first, second);
        assertSame(first.peers().get(1), second.peers().get(1));
    }

    @Test
    void joinsAPeerThatIsToldInParts() {
        assembly.begin();
        tell(1, 10);
        assembly.peer(key(1));
        assembly.allowedIp(IpFamily.V6, 0x20010db8_00000000L, 0, 32);
        var peer = finish().peers().getFirst();
        assertEquals(List.of(IpPrefix.parse("10.0.0.1/32"), IpPrefix.parse("2001:db8::/32")), peer.allowedIps());
        assertEquals(10, peer.receivedBytes());
    }

    @Test
    void joinsAPeerThatIsToldAgainFurtherDown() {
        assembly.begin();
        tell(1, 10);
        tell(2, 10);
        assembly.peer(key(1));
        assembly.sent(5);
        var device = finish();
        assertEquals(2, device.peers().size());
        var peer = device.peers().getFirst();
        assertEquals(
                new WireGuardPeer(
                        key(1),
                        Optional.of(Endpoint.parse("192.0.2.1:51820")),
                        25,
                        1,
                        2,
                        10,
                        5,
                        List.of(IpPrefix.parse("10.0.0.1/32"))),
                peer);
    }

    @Test
    void noticesWhatChangesAboutTheDeviceAlone() {
        var first = dump(1);
        assembly.begin();
        assembly.publicKey(key(9));
        assembly.listenPort(51821);
        tell(1, 10);
        var second = finish();
        assertEquals(51821, second.listenPort());
        assertSame(first.peers().getFirst(), second.peers().getFirst());
    }

    @Test
    void refusesMorePeersThanItCanHold() {
        assembly.begin();
        for (int i = 0; i < DeviceAssembly.MAX_PEERS; i++) {
            assertTrue(assembly.peer(key(i)));
        }
        assertFalse(assembly.peer(key(DeviceAssembly.MAX_PEERS)));
    }

    private WireGuardDevice dump(int... peers) {
        assembly.begin();
        assembly.publicKey(key(9));
        assembly.listenPort(51820);
        for (int peer : peers) {
            tell(peer, 10);
        }
        return finish();
    }

    private void tell(int peer, long received) {
        assembly.peer(key(peer));
        assembly.endpoint(IpFamily.V4, 0, 0xc0000200L + peer, 51820);
        assembly.keepalive(25);
        assembly.handshakeSeconds(1);
        assembly.handshakeNanos(2);
        assembly.received(received);
        assembly.allowedIp(IpFamily.V4, 0, 0x0a000000L + peer, 32);
    }

    private WireGuardDevice finish() {
        return assembly.finish(7, "wg0");
    }

    private static WireGuardKey key(int number) {
        return new WireGuardKey(number, 0, 0, number);
    }
}
