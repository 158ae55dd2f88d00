package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StirredTest {

    private static final Uplink WAN1 = uplink(3);
    private static final Uplink WAN2 = uplink(4);
    private static final List<Uplink> BOTH = List.of(WAN1, WAN2);

    private final Stirred stirred = new Stirred();

    private static Uplink uplink(int index) {
        return new Uplink(
                index,
                "wan" + index,
                Optional.of(IpAddress.parse("192.0." + index + ".1")),
                IpAddress.parse("192.0." + index + ".7"));
    }

    @Test
    void anUplinkThatGoesIsNoReasonToAskTheGatewayOfTheOther() {
        stirred.touched(Set.of(3), Set.of(), BOTH);
        stirred.running(BOTH, List.of(WAN2));
        assertTrue(stirred.any());
        assertEquals(List.of(), stirred.of(List.of(WAN2)));
    }

    @Test
    void theGatewayOfAnUplinkThatLostSomethingOrIsNewIsAsked() {
        stirred.touched(Set.of(3), Set.of(), BOTH);
        assertEquals(List.of(WAN1), stirred.of(BOTH));
        stirred.clear();
        stirred.running(List.of(WAN1), BOTH);
        assertEquals(List.of(WAN2), stirred.of(BOTH));
    }

    @Test
    void otherWaysOfTunnelsAreNoWordOfAGateway() {
        stirred.byPaths();
        assertTrue(stirred.any());
        assertEquals(List.of(), stirred.of(BOTH));
    }

    @Test
    void whatWasLookedAtIsOver() {
        stirred.touched(Set.of(3), Set.of(4), BOTH);
        stirred.clear();
        assertFalse(stirred.any());
        assertEquals(List.of(), stirred.of(BOTH));
    }
}
