package dev.reroam.network;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KnownWaysTest {

    private final KnownWays ways = new KnownWays();

    @Test
    void anInterfaceThatNothingLeavesByIsNone() {
        ways.see(new Path.Via(2, "wan1", Optional.empty(), IpAddress.parse("192.0.2.2")));
        ways.see(new Path.None("ENETUNREACH"));
        assertEquals(Set.of(2), ways.among(Set.of(2, 7)));
    }

    @Test
    void aWayThatIsGoneStaysOneUntilItsInterfaceIsGone() {
        ways.see(new Path.Via(2, "wan1", Optional.empty(), IpAddress.parse("192.0.2.2")));
        ways.see(List.of());
        ways.keepOnly(Set.of(1, 2));
        assertEquals(Set.of(2), ways.among(Set.of(2)));
        ways.keepOnly(Set.of(1));
        assertEquals(Set.of(), ways.among(Set.of(2)));
    }
}
