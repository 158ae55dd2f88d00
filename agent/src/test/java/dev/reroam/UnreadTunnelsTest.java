package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.route.LinkTraffic;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.tunnel.wireguard.see.DeviceWatch.Note;
import dev.reroam.web.StatusReport;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnreadTunnelsTest {

    private static final Map<String, Note> WG0 = Map.of("wg0", new Note("operation not permitted", 0));

    private final VirtualLoop time = new VirtualLoop();
    private LinkTraffic traffic = new LinkTraffic(5, 7, 500, 700);
    private final UnreadTunnels unread =
            new UnreadTunnels(time.loop(), time.clock(), index -> index == 9 ? Optional.of(traffic) : Optional.empty());

    @AfterEach
    void close() {
        unread.close();
    }

    private void pass(int tenths) {
        for (int i = 0; i < tenths; i++) {
            time.jump(100, TimeUnit.MILLISECONDS);
        }
    }

    private StatusReport.Tunnel row() {
        return unread.report(nanos -> nanos / 1_000_000).getFirst();
    }

    @Test
    void tellsWhatTheInterfaceCountsAndWhenItLastReceived() {
        unread.follow(WG0, name -> 9);
        pass(45);
        assertEquals(500, row().receivedBytes());
        assertEquals(700, row().sentBytes());
        assertEquals(
                Optional.of("operation not permitted; its interface has received nothing for 4 s"), row().reason());
        traffic = new LinkTraffic(6, 7, 600, 700);
        pass(32);
        assertEquals(
                Optional.of("operation not permitted; its interface last received something 2 s ago"), row().reason());
        assertEquals(600, row().receivedBytes());
    }

    @Test
    void saysNothingOfCountersThatItDoesNotKnow() {
        unread.follow(WG0, name -> 0);
        pass(30);
        assertEquals(Optional.of("operation not permitted"), row().reason());
        assertEquals(0, row().receivedBytes());
    }

    @Test
    void anInterfaceThatWasMadeAnewBeginsAgain() {
        unread.follow(WG0, name -> 9);
        pass(30);
        unread.follow(Map.of(), name -> 9);
        assertEquals(0, unread.report(nanos -> 0).size());
        unread.follow(WG0, name -> 9);
        assertEquals(Optional.of("operation not permitted"), row().reason());
        pass(10);
        traffic = new LinkTraffic(0, 0, 0, 0);
        pass(25);
        assertEquals(
                Optional.of("operation not permitted; its interface has received nothing for 2 s"), row().reason());
    }
}
