package dev.reroam.steer;

import dev.reroam.linux.netlink.NetlinkException;
import dev.reroam.linux.route.Route;
import dev.reroam.linux.route.Rule;
import dev.reroam.network.OwnNumbers;
import dev.reroam.steer.Owned.OwnRoute;
import dev.reroam.steer.Owned.OwnRule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Rules in the order of their preference, routes, and whoever else's; each change is watched for what may not be between. */
final class FakeSteerKernel implements SteerKernel {

    final List<Rule> rules = new ArrayList<>();
    final List<Route> routes = new ArrayList<>();
    /** What was done, in words. */
    final List<String> done = new ArrayList<>();
    /** Packets that would have gone into a table without a route, after which change. */
    final List<String> astray = new ArrayList<>();

    private Predicate<String> refuses = what -> false;

    void refuse(Predicate<String> what) {
        refuses = what;
    }

    void foreign(Rule rule) {
        insert(rule);
    }

    @Override
    public Present read() throws NetlinkException {
        ask("read");
        return new Present(rules, routes);
    }

    @Override
    public void make(Owned one) throws NetlinkException {
        ask("make " + one);
        switch (one) {
            case OwnRule(var rule) -> insert(rule);
            case OwnRoute(var route) -> routes.add(route);
        }
        look("make " + one);
    }

    @Override
    public boolean remove(Owned one) throws NetlinkException {
        ask("remove " + one);
        boolean there = switch (one) {
            case OwnRule(var rule) -> rules.remove(rule);
            case OwnRoute(var route) -> routes.remove(route);
        };
        look("remove " + one);
        return there;
    }

    private void ask(String what) throws NetlinkException {
        if (refuses.test(what)) {
            throw NetlinkException.interrupted(what, 1);
        }
        if (!what.equals("read")) {
            done.add(what);
        }
    }

    /** As the kernel does: after those of the same preference. */
    private void insert(Rule rule) {
        int at = 0;
        while (at < rules.size() && rules.get(at).preference() <= rule.preference()) {
            at++;
        }
        rules.add(at, rule);
    }

    private void look(String after) {
        for (var rule : rules) {
            if (OwnNumbers.own(rule)
                    && rule.incoming().isPresent()
                    && rule.table() != Route.TABLE_MAIN
                    && routes.stream()
                            .noneMatch(route -> route.table() == rule.table() && route.family() == rule.family())) {
                astray.add(after + ": " + new OwnRule(rule));
            }
        }
    }

    Present present() {
        return new Present(rules, routes);
    }

    List<String> takeDone() {
        var all = List.copyOf(done);
        done.clear();
        return all;
    }
}
