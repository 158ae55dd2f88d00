package dev.reroam.tunnel.wireguard.see;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.route.LinkTraffic;
import dev.reroam.loop.VirtualLoop;
import dev.reroam.recovery.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrafficWatchTest {

    private final VirtualLoop time = new VirtualLoop();
    private final List<Observation> told = new ArrayList<>();
    private long packets;
    private boolean there = true;
    private final TrafficWatch watch = new TrafficWatch(
            time.loop(),
            time.clock(),
            index -> there ? Optional.of(new LinkTraffic(packets, 0, 100 * packets, 0)) : Optional.empty(),
            (name, is) -> told.add(
                    new Observation.TrafficSeen(name, is.receivedPackets(), is.sentPackets(), is.sentBytes())));

    @AfterEach
    void close() {
        watch.close();
    }

    /** @param pause between two packets, milliseconds; 0 for none */
    private int readings(int seconds, int pause) {
        told.clear();
        for (int millis = 10; millis <= 1_000 * seconds; millis += 10) {
            packets += pause > 0 && millis % pause == 0 ? 1 : 0;
            time.jump(10, TimeUnit.MILLISECONDS);
        }
        return told.size();
    }

    @Test
    void readsOnceASecondWhileNothingHappens() {
        watch.follow(Map.of("wg0", 7));
        assertEquals(60, readings(60, 0), 1);
        assertEquals(new Observation.TrafficSeen("wg0", packets, 0, 0), told.getLast());
    }

    @Test
    void readsTenTimesASecondWhileThereIsTrafficAndNoLonger() {
        watch.follow(Map.of("wg0", 7));
        readings(3, 20);
        assertEquals(100, readings(10, 20), 2);
        readings(2, 0);
        assertEquals(10, readings(10, 0), 1);
    }

    @Test
    void keepalivesAreNoTraffic() {
        watch.follow(Map.of("wg0", 7));
        assertTrue(readings(100, 25_000) <= 101, () -> "" + told.size());
    }

    @Test
    void readsNothingOfADeviceThatIsGone() {
        watch.follow(Map.of("wg0", 7));
        readings(2, 20);
        watch.follow(Map.of());
        assertEquals(0, readings(10, 20));
        there = false;
        watch.follow(Map.of("wg0", 8));
        assertEquals(0, readings(10, 20));
    }
}
