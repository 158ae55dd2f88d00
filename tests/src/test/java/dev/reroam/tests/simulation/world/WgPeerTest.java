package dev.reroam.tests.simulation.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.tests.simulation.world.Message.Data;
import dev.reroam.tests.simulation.world.Message.Initiation;
import dev.reroam.tests.simulation.world.Message.Inner;
import dev.reroam.tests.simulation.world.Message.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The timers of drivers/net/wireguard, at two ends of one wire. */
class WgPeerTest {

    private static final Endpoint NEAR = Endpoint.parse("192.0.2.1:1");
    private static final Endpoint FAR = Endpoint.parse("192.0.2.2:2");
    private static final Inner PACKET = new Inner(Kind.TRAFFIC, 1, 100);
    private static final long SECOND = VirtualTime.SECOND;

    private record Sent(long at, boolean near, Message message) {}

    private final VirtualTime time = new VirtualTime(0);
    private final List<Sent> wire = new ArrayList<>();
    private boolean cut;
    private final WgDevice near = device("near", true);
    private final WgDevice far = device("far", false);
    private final WgPeer toFar = near.add("far", FAR, 0);
    private final WgPeer toNear = far.add("near", null, 0);

    private WgDevice device(String name, boolean isNear) {
        var host = new Host() {
            @Override
            public Optional<Sticky> send(WgDevice device, @Nullable Sticky sticky, Endpoint to, Message message) {
                wire.add(new Sent(time.now(), isNear, message));
                if (!cut) {
                    time.in(
                            VirtualTime.MILLI,
                            () -> (isNear ? far : near)
                                    .arrive(
                                            new Packet(isNear ? NEAR : FAR, to, message),
                                            new Sticky(NEAR.address(), 7)));
                }
                return Optional.ofNullable(sticky);
            }

            @Override
            public void inner(WgPeer peer, Inner inner) {}
        };
        return new WgDevice(host, name, name, true, 1, 1, time, new Chance(isNear ? 1 : 2));
    }

    private List<Long> initiations(boolean isNear) {
        return wire.stream()
                .filter(sent -> sent.near == isNear && sent.message instanceof Initiation)
                .map(Sent::at)
                .toList();
    }

    @Test
    void aPacketWaitsForTheHandshake() {
        toFar.send(PACKET);
        time.runUntil(SECOND);
        assertTrue(toFar.hasSession() && toNear.hasSession());
        assertEquals(toFar.handshakeAt(), 2 * VirtualTime.MILLI);
        assertTrue(wire.stream().anyMatch(sent -> sent.message instanceof Data data && data.inner() == PACKET));
        assertEquals(Optional.of(NEAR), toNear.endpoint());
    }

    @Test
    void anUnansweredHandshakeIsRepeatedEachFiveSecondsAndAThirdFor90Seconds() {
        cut = true;
        toFar.send(PACKET);
        time.runUntil(300 * SECOND);
        List<Long> at = initiations(true);
        assertEquals(19, at.size());
        for (int i = 1; i < at.size(); i++) {
            long pause = at.get(i) - at.get(i - 1);
            assertTrue(pause >= 5 * SECOND && pause <= 5_333 * VirtualTime.MILLI, () -> "" + pause);
        }
    }

    @Test
    void whatIsNotAnsweredFor15SecondsBeginsAHandshakeWithAFreshSource() {
        toFar.send(PACKET);
        time.runUntil(20 * SECOND);
        assertTrue(toFar.sticky().isPresent());
        int before = initiations(true).size();
        cut = true;
        toFar.send(PACKET);
        time.runUntil(34_900 * VirtualTime.MILLI);
        assertEquals(before, initiations(true).size());
        time.runUntil(35_400 * VirtualTime.MILLI);
        assertEquals(before + 1, initiations(true).size());
        assertTrue(toFar.sticky().isEmpty());
    }

    @Test
    void whatIsReceivedIsAcknowledgedAfterTenSeconds() {
        toFar.send(PACKET);
        time.runUntil(60 * SECOND);
        var keepalives = wire.stream()
                .filter(sent -> !sent.near && sent.message instanceof Data data && data.inner() == Inner.KEEPALIVE)
                .map(Sent::at)
                .toList();
        assertEquals(1, keepalives.size());
        assertTrue(keepalives.getFirst() >= 10 * SECOND && keepalives.getFirst() < 11 * SECOND);
    }

    @Test
    void turningTheKeepaliveOnSendsOneAtOnce() {
        toFar.send(PACKET);
        time.runUntil(20 * SECOND);
        int before = wire.size();
        toFar.keepalive(25);
        assertEquals(before + 1, wire.size());
        toFar.keepalive(10);
        assertEquals(before + 1, wire.size());
    }

    @Test
    void twoThatBeginAtOnceShakeHandsInTheEnd() {
        var other = far.add("near", NEAR, 0);
        toFar.send(PACKET);
        other.send(PACKET);
        time.runUntil(11 * SECOND);
        assertTrue(toFar.hasSession() && other.hasSession());
    }

    @Test
    void aSessionIsRenewedByWhoBeganItAndDeadAfter180Seconds() {
        toFar.send(PACKET);
        time.runUntil(121 * SECOND);
        toNear.send(PACKET);
        assertEquals(0, initiations(false).size());
        toFar.send(PACKET);
        time.runUntil(122 * SECOND);
        assertEquals(2, initiations(true).size());
        time.runUntil(122 * SECOND + WgPeer.REJECT_AFTER);
        assertFalse(toFar.hasSession());
    }
}
