package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.netlink.MalformedMessageException;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.Rule;
import dev.reroam.linux.route.RuleAction;
import dev.reroam.recovery.NodeFacts.Marks;
import dev.reroam.recovery.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What tailscaled marks its own packets with, found from the rules that it made itself: wgengine/router/osrouter, a rule that
 * sends them to the main table 60 below the one that sends the rest to its own. Stateless.
 */
final class NodeMarks {

    /** wgengine/router/osrouter {@code tailscaleRouteTable}. */
    private static final int TABLE = 52;

    /** The same place: from the first rule of its four to the last. */
    private static final int SPAN = 60;

    /** Ours: any address of the world that nobody has a route of his own to; nothing is sent there. Root servers. */
    private static final List<Endpoint> WORLD =
            List.of(Endpoint.parse("198.41.0.4:443"), Endpoint.parse("[2001:503:ba3e::2:30]:443"));

    private NodeMarks() {}

    /** Asks the kernel which way a marked UDP packet to somebody would take; empty where there is none. */
    interface Paths {
        Optional<Path.Via> of(Endpoint to, int mark);
    }

    /** @param not why they are not steered in any case; empty where they may be */
    static Marks of(Optional<String> not, SteerGround.Rules rules, Paths paths) {
        Optional<Rule.MarkCondition> mark;
        try {
            mark = of(rules.of(IpFamily.V4));
        } catch (LinuxException | MalformedMessageException e) {
            return new Marks(Optional.of("the rules cannot be read: " + e.getMessage()), 0, 0, List.of());
        }
        if (mark.isEmpty()) {
            return new Marks(
                    Optional.of("it has no rules of its own, so its packets cannot be told apart"), 0, 0, List.of());
        }
        int value = mark.get().value();
        return new Marks(
                not,
                value,
                mark.get().mask(),
                WORLD.stream().flatMap(to -> paths.of(to, value).stream()).toList());
    }

    /** The mark; empty where no rule looks like one of tailscaled's. */
    static Optional<Rule.MarkCondition> of(List<Rule> rules) {
        return rules.stream()
                .filter(rule -> rule.table() == TABLE && rule.action().equals(RuleAction.LOOKUP))
                .filter(rule -> rule.mark().isEmpty())
                .flatMap(last -> first(rules, last.preference() - SPAN))
                .findFirst();
    }

    private static Stream<Rule.MarkCondition> first(List<Rule> rules, long preference) {
        return rules.stream()
                .filter(rule -> rule.preference() == preference && rule.table() == Route.TABLE_MAIN)
                .flatMap(rule -> rule.mark().stream())
                .filter(mark -> mark.value() != 0);
    }
}
