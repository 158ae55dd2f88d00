package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.Rule;
import dev.reroam.linux.route.Rule.MarkCondition;
import dev.reroam.linux.route.RuleAction;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SteerRepairsTest {

    private static Rule rule(long preference, int value, int mask) {
        return new Rule(
                IpFamily.V4,
                preference,
                RuleAction.LOOKUP,
                1,
                false,
                Optional.empty(),
                Optional.empty(),
                mask == 0 ? Optional.empty() : Optional.of(new MarkCondition(value, mask)),
                Optional.empty(),
                Optional.empty(),
                0,
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                false,
                RouteProtocol.BOOT);
    }

    @Test
    void knowsThoseThatDecideByTheirRules() {
        assertEquals(Optional.of("mwan3"), SteerRepairs.decider(rule(2_001, 0x100, 0x3f00)));
        assertEquals(Optional.of("pbr"), SteerRepairs.decider(rule(29_998, 0x10000, 0xff0000)));
    }

    @Test
    void takesNoOthersForThem() {
        // Tailscale's, the kernel's own, wg-quick's, and a rule without a mark.
        assertEquals(Optional.empty(), SteerRepairs.decider(rule(5_210, 0x80000, 0xff0000)));
        assertEquals(Optional.empty(), SteerRepairs.decider(rule(1_310, 0x80000, 0xff0000)));
        assertEquals(Optional.empty(), SteerRepairs.decider(rule(32_766, 0, 0)));
        assertEquals(Optional.empty(), SteerRepairs.decider(rule(32_764, 0xca6c, 0xffffffff)));
        assertEquals(Optional.empty(), SteerRepairs.decider(rule(2_001, 0, 0)));
    }
}
