package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.config.Mode;
import dev.reroam.config.SteerPolicy;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.Rule;
import dev.reroam.linux.route.Rule.MarkCondition;
import dev.reroam.linux.route.RuleAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SteerGroundTest {

    private static final SteerGround.Rules UNREADABLE = family -> {
        throw new LinuxException("dump rules", Errno.EPERM);
    };
    private static final Rule MWAN3 = rule(2_001, 0x100, 0x3f00);
    private static final Rule MAIN = rule(32_766, 0, 0);

    private final List<IpFamily> read = new ArrayList<>();
    private Optional<String> problem = Optional.empty();
    private int prepared;
    private SteerGround.Rules rules = family -> List.of(MAIN);

    private SteerGround ground(Mode mode, SteerPolicy policy) {
        return new SteerGround(
                mode,
                policy,
                family -> {
                    read.add(family);
                    return rules.of(family);
                },
                then -> {
                    prepared++;
                    then.accept(problem);
                });
    }

    private static SteerGround.Moment with(int uplinks, long rulesEdition) {
        return new SteerGround.Moment(uplinks, rulesEdition);
    }

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
    void readsTheRulesOnlyAfterOneChanged() {
        var ground = ground(Mode.REPAIR, SteerPolicy.AUTO);
        for (int i = 0; i < 100; i++) {
            assertEquals(Optional.empty(), ground.not(with(2, 7)));
        }
        assertEquals(List.of(IpFamily.values()), read);
        rules = family -> List.of(MWAN3, MAIN);
        for (int i = 0; i < 100; i++) {
            assertEquals(
                    Optional.of("mwan3 decides here (steer = \"always\" steers all the same)"), ground.not(with(2, 8)));
        }
        assertEquals(3, read.size(), "the first family told it");
        rules = family -> List.of(MAIN);
        assertEquals(Optional.empty(), ground.not(with(2, 9)));
    }

    @Test
    void readsAgainWhatCouldNotBeRead() {
        var ground = ground(Mode.REPAIR, SteerPolicy.AUTO);
        rules = UNREADABLE;
        assertEquals(Optional.of("the rules cannot be read: dump rules: EPERM"), ground.not(with(2, 0)));
        rules = family -> List.of(MAIN);
        assertEquals(Optional.empty(), ground.not(with(2, 0)));
        rules = UNREADABLE;
        assertEquals(Optional.of("the rules cannot be read: dump rules: EPERM"), ground.not(with(2, 1)));
        assertEquals(Optional.of("the rules cannot be read: dump rules: EPERM"), ground.not(with(2, 1)));
    }

    @Test
    void looksForOthersOnlyWhereTheirWordCounts() {
        rules = family -> List.of(MWAN3);
        assertEquals(
                Optional.of("mode = \"observe\""),
                ground(Mode.OBSERVE, SteerPolicy.ALWAYS).not(with(2, 0)));
        assertEquals(
                Optional.of("steer = \"never\""),
                ground(Mode.REPAIR, SteerPolicy.NEVER).not(with(2, 0)));
        assertEquals(
                Optional.of("there is one way out only"),
                ground(Mode.REPAIR, SteerPolicy.AUTO).not(with(1, 0)));
        assertEquals(0, prepared);
        assertEquals(Optional.empty(), ground(Mode.REPAIR, SteerPolicy.ALWAYS).not(with(2, 0)));
        assertEquals(1, prepared);
        assertEquals(List.of(), read);
    }

    @Test
    void saysWhatSteeringLacksFromTheNextTimeOn() {
        problem = Optional.of("no shell");
        var ground = ground(Mode.REPAIR, SteerPolicy.AUTO);
        assertEquals(Optional.empty(), ground.not(with(2, 0)));
        assertEquals(Optional.of("no shell"), ground.not(with(2, 0)));
        assertEquals(Optional.of("no shell"), ground.not(with(1, 0)));
        assertEquals(1, prepared);
    }

    @Test
    void knowsThoseThatDecideByTheirRules() {
        assertEquals(Optional.of("mwan3"), SteerGround.decider(rule(2_001, 0x100, 0x3f00)));
        assertEquals(Optional.of("pbr"), SteerGround.decider(rule(29_998, 0x10000, 0xff0000)));
    }

    @Test
    void takesNoOthersForThem() {
        // Tailscale's, the kernel's own, wg-quick's, and a rule without a mark.
        assertEquals(Optional.empty(), SteerGround.decider(rule(5_210, 0x80000, 0xff0000)));
        assertEquals(Optional.empty(), SteerGround.decider(rule(1_310, 0x80000, 0xff0000)));
        assertEquals(Optional.empty(), SteerGround.decider(rule(32_766, 0, 0)));
        assertEquals(Optional.empty(), SteerGround.decider(rule(32_764, 0xca6c, 0xffffffff)));
        assertEquals(Optional.empty(), SteerGround.decider(rule(2_001, 0, 0)));
    }
}
