package dev.reroam.tests.simulation.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.tests.simulation.world.NatKind.Filtering;
import dev.reroam.tests.simulation.world.NatKind.Mapping;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NatTest {

    private static final Endpoint US = Endpoint.parse("10.0.0.2:40000");
    private static final Endpoint A = Endpoint.parse("198.51.100.1:1");
    private static final Endpoint A2 = Endpoint.parse("198.51.100.1:2");
    private static final Endpoint B = Endpoint.parse("198.51.100.2:1");
    private static final IpAddress OUTSIDE = IpAddress.parse("203.0.113.1");
    private static final long LIFE = 60 * VirtualTime.SECOND;

    private final VirtualTime time = new VirtualTime(0);

    private Nat nat(Mapping mapping, Filtering filtering, long absolute) {
        return new Nat(new NatKind(mapping, filtering, false, LIFE, absolute), OUTSIDE, time, new Chance(1));
    }

    private static Endpoint out(Nat nat, Endpoint to) {
        return nat.out(new Packet(US, to, new Message.Question(1)))
                .orElseThrow()
                .from();
    }

    @ParameterizedTest(name = "{0}: another port {1}, another address {2}")
    @CsvSource({
        "ENDPOINT_INDEPENDENT, false, false",
        "ADDRESS_DEPENDENT, false, true",
        "ADDRESS_AND_PORT_DEPENDENT, true, true"
    })
    void mapsByWhatRfc4787Says(Mapping mapping, boolean portDiffers, boolean addressDiffers) {
        Nat nat = nat(mapping, Filtering.ENDPOINT_INDEPENDENT, 0);
        Endpoint first = out(nat, A);
        assertEquals(first, out(nat, A));
        assertEquals(portDiffers, !first.equals(out(nat, A2)));
        assertEquals(addressDiffers, !first.equals(out(nat, B)));
    }

    @ParameterizedTest(name = "{0}: another port {1}, another address {2}")
    @CsvSource({
        "ENDPOINT_INDEPENDENT, true, true",
        "ADDRESS_DEPENDENT, true, false",
        "ADDRESS_AND_PORT_DEPENDENT, false, false"
    })
    void letsInWhomRfc4787Says(Filtering filtering, boolean portEnters, boolean addressEnters) {
        Nat nat = nat(Mapping.ENDPOINT_INDEPENDENT, filtering, 0);
        Endpoint outer = out(nat, A);
        assertEquals(Optional.of(US), nat.in(A, outer));
        assertEquals(portEnters, nat.in(A2, outer).isPresent());
        assertEquals(addressEnters, nat.in(B, outer).isPresent());
    }

    @Test
    void forgetsAFlowThatIsSilentAndKeepsOneThatIsUsed() {
        Nat nat = nat(Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, 0);
        Endpoint outer = out(nat, A);
        for (int i = 0; i < 5; i++) {
            time.runUntil(time.now() + LIFE - 1);
            assertEquals(outer, out(nat, A));
        }
        time.runUntil(time.now() + LIFE);
        assertEquals(Optional.empty(), nat.in(A, outer));
        assertNotEquals(outer, out(nat, A));
    }

    @Test
    void endsAFlowThatIsUsedWhereItsKindDoes() {
        Nat nat = nat(Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, LIFE);
        Endpoint outer = out(nat, A);
        time.runUntil(time.now() + LIFE / 2);
        assertEquals(outer, out(nat, A));
        time.runUntil(time.now() + LIFE / 2);
        assertNotEquals(outer, out(nat, A));
    }

    @Test
    void keepsFlowsThatLeadNowhereWhereItDoesNotForget() {
        Nat nat = nat(Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, 0);
        out(nat, A);
        nat.becomes(IpAddress.parse("203.0.113.2"), false);
        var packet = new Packet(US, A, new Message.Question(1));
        assertTrue(nat.out(packet).isEmpty());
        nat.reboot();
        assertTrue(nat.out(packet).isPresent());
    }

    @Test
    void lookingIsNotSending() {
        Nat nat = nat(Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_DEPENDENT, 0);
        nat.wouldLeaveBy(US, A);
        Endpoint outer = out(nat, B);
        assertTrue(nat.in(A, outer).isEmpty());
    }
}
