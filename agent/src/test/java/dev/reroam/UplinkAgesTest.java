package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.network.UplinkFacts;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UplinkAgesTest {

    private static final UplinkFacts UP = uplink(2, true);
    private static final UplinkFacts OTHER_UP = uplink(3, true);
    private static final UplinkFacts OTHER_DOWN = uplink(3, false);

    private final UplinkAges ages = new UplinkAges();

    @Test
    void saysSinceWhenAnUplinkIsAsItIs() {
        ages.onUplinks(List.of(UP, OTHER_UP), 10);
        ages.onUplinks(List.of(UP, OTHER_DOWN), 20);
        assertEquals(10, ages.since(UP, 99));
        assertEquals(20, ages.since(OTHER_DOWN, 99));
        ages.onUplinks(List.of(UP), 30);
        ages.onUplinks(List.of(UP, OTHER_DOWN), 40);
        assertEquals(10, ages.since(UP, 99));
        assertEquals(40, ages.since(OTHER_DOWN, 99), "it was gone meanwhile");
        assertEquals(99, ages.since(OTHER_UP, 99));
    }

    private static UplinkFacts uplink(int index, boolean running) {
        var address = IpAddress.parse("192.0.2." + index);
        return new UplinkFacts(new Uplink(index, "wan" + index, Optional.empty(), address), List.of(254), 0, running);
    }
}
