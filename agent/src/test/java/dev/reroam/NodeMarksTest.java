package dev.reroam;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.route.RouteProtocol;
import dev.reroam.linux.route.Rule;
import dev.reroam.recovery.NodeFacts.Marks;
import dev.reroam.recovery.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What tailscaled's rules say of its mark. */
class NodeMarksTest {

    private static final Rule.MarkCondition MARK = new Rule.MarkCondition(0x80000, 0xff0000);
    private static final Path.Via WAY =
            new Path.Via(2, "wan1", Optional.of(IpAddress.parse("192.0.2.1")), IpAddress.parse("192.0.2.7"));

    private static Rule rule(long preference, Optional<Rule.MarkCondition> mark, int table) {
        return Rule.lookup(
                IpFamily.V4,
                Optional.empty(),
                mark,
                Optional.empty(),
                OptionalInt.empty(),
                preference,
                table,
                RouteProtocol.UNSPECIFIED);
    }

    /** Those of tailscaled from this preference on, between others'. */
    private static List<Rule> rules(long base) {
        var rules = new ArrayList<Rule>();
        rules.add(rule(0, Optional.empty(), 255));
        rules.add(rule(base + 10, Optional.of(MARK), 254));
        rules.add(rule(base + 30, Optional.of(MARK), 253));
        rules.add(rule(base + 70, Optional.empty(), 52));
        rules.add(rule(2001, Optional.of(new Rule.MarkCondition(0x100, 0x3f00)), 1));
        rules.add(rule(32_766, Optional.empty(), 254));
        return rules;
    }

    @ParameterizedTest
    @ValueSource(longs = {5200, 1300})
    void itIsFoundWhereverItsRulesAre(long base) {
        var marks = NodeMarks.of(
                Optional.empty(),
                family -> rules(base),
                (to, mark) ->
                        to.address().family() == IpFamily.V4 && mark == 0x80000 ? Optional.of(WAY) : Optional.empty());
        assertEquals(new Marks(Optional.empty(), 0x80000, 0xff0000, List.of(WAY)), marks);
    }

    @Test
    void anotherMarkIsTakenAsItIs() {
        var rules = rules(5200);
        rules.set(1, rule(5210, Optional.of(new Rule.MarkCondition(0x8000000, 0xff000000)), 254));
        assertEquals(Optional.of(new Rule.MarkCondition(0x8000000, 0xff000000)), NodeMarks.of(rules));
    }

    @Test
    void withoutItsRulesNothingIsAssumed() {
        var others = List.of(rule(5210, Optional.of(MARK), 254), rule(32_766, Optional.empty(), 254));
        assertEquals(Optional.empty(), NodeMarks.of(others));
        assertEquals(Optional.empty(), NodeMarks.of(List.of()));
        var marks = NodeMarks.of(Optional.empty(), family -> others, (to, mark) -> Optional.of(WAY));
        assertEquals(Optional.of("it has no rules of its own, so its packets cannot be told apart"), marks.not());
        assertEquals(List.of(), marks.ways());
    }

    @Test
    void whyItIsNotSteeredIsKept() {
        var marks =
                NodeMarks.of(Optional.of("steer = \"never\""), family -> rules(5200), (to, mark) -> Optional.of(WAY));
        assertEquals(Optional.of("steer = \"never\""), marks.not());
    }
}
