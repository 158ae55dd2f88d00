package dev.reroam.steer;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.Rule;
import dev.reroam.network.OwnNumbers;
import dev.reroam.steer.Owned.OwnRoute;
import dev.reroam.steer.Owned.OwnRule;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the kernel has now, of both families. Immutable.
 *
 * @param rules all of them, by whoever, in the kernel's order
 * @param routes those of our tables, by whoever
 */
record Present(List<Rule> rules, List<Route> routes) {

    Present {
        rules = List.copyOf(rules);
        routes = List.copyOf(routes);
    }

    /** Our rules of a family. */
    List<OwnRule> ownRules(IpFamily family) {
        return rules.stream()
                .filter(rule -> rule.family() == family && OwnNumbers.own(rule))
                .map(OwnRule::new)
                .toList();
    }

    /** Our routes of a family. */
    List<OwnRoute> ownRoutes(IpFamily family) {
        return routes.stream()
                .filter(route -> route.family() == family && OwnNumbers.own(route))
                .map(OwnRoute::new)
                .toList();
    }

    /** Whether a rule that is not ours has this preference. */
    boolean isForeign(IpFamily family, long preference) {
        return rules.stream()
                .anyMatch(rule -> rule.family() == family && rule.preference() == preference && !OwnNumbers.own(rule));
    }

    /** Whether a table has no route, and no rule that is not ours leads to it. */
    boolean isFree(IpFamily family, int table) {
        return routes.stream().noneMatch(route -> route.family() == family && route.table() == table)
                && rules.stream()
                        .noneMatch(rule -> rule.family() == family && rule.table() == table && !OwnNumbers.own(rule));
    }

    /** Of a plan, what is not so: no rule of ours leads there, or the way that it leads is gone or another one. */
    Set<Subject> missing(SteerPlan plan) {
        return plan.ways().entrySet().stream()
                .filter(way -> !leads(way))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean leads(Map.Entry<Subject, Uplink> way) {
        var family = way.getValue().family();
        return ownRules(family).stream()
                // The kernel takes the first.
                .filter(rule -> rule.subject().filter(way.getKey()::equals).isPresent())
                .findFirst()
                .filter(rule -> ownRoutes(family).stream()
                        .anyMatch(
                                route -> route.route().table() == rule.rule().table() && route.leadsBy(way.getValue())))
                .isPresent();
    }
}
