package dev.reroam.steer;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.network.OwnNumbers;
import dev.reroam.steer.Owned.OwnRoute;
import dev.reroam.steer.Owned.OwnRule;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * What turns what the kernel has into what a plan wants. Immutable; empty where both are the same, so a plan applied twice
 * changes nothing. Pure.
 *
 * <p>No packet is ever sent into a table before its route is there: what is made comes before what is removed, each in its
 * order. An endpoint that moves from one uplink to another has two rules for a moment, of which the kernel takes one, and
 * never none.
 *
 * @param make the companion, then routes, then rules
 * @param remove rules, then routes, then the companion
 */
record SteerDiff(List<Owned> make, List<Owned> remove) {

    /** Of the uplinks' tables; the first one of ours stays empty. */
    private static final int FIRST_TABLE = OwnRule.EMPTY_TABLE + 1;

    SteerDiff {
        make = List.copyOf(make);
        remove = List.copyOf(remove);
    }

    /** What a plan comes to. */
    sealed interface Result {
        /** It can be done. */
        record Possible(SteerDiff diff) implements Result {}

        /** Others have all numbers of ours. */
        record NoRoom(String why) implements Result {}
    }

    /** Whether nothing is to be done. */
    boolean isEmpty() {
        return make.isEmpty() && remove.isEmpty();
    }

    /** What is to be done, for both families. */
    static Result between(SteerPlan plan, Present present) {
        var make = new ArrayList<Owned>();
        var remove = new ArrayList<Owned>();
        for (var family : IpFamily.values()) {
            var draft = new Draft(family, present);
            var problem = draft.add(plan.of(family));
            if (problem.isPresent()) {
                return new Result.NoRoom(problem.get());
            }
            draft.finish(make, remove);
        }
        return new Result.Possible(new SteerDiff(make, remove));
    }

    /** One family's part in the making. */
    private static final class Draft {
        private final IpFamily family;
        private final Present present;
        private final List<OwnRule> rules;
        private final List<OwnRoute> routes;
        private final List<Owned> kept = new ArrayList<>();
        private final List<OwnRule> newRules = new ArrayList<>();
        private final Map<Uplink, Integer> tables = new LinkedHashMap<>();
        private final Map<Uplink, OwnRoute> newRoutes = new LinkedHashMap<>();
        private final List<OwnRule> newCompanions = new ArrayList<>();

        Draft(IpFamily family, Present present) {
            this.family = family;
            this.present = present;
            this.rules = present.ownRules(family);
            this.routes = present.ownRoutes(family);
        }

        /** What is wrong, where something is. */
        Optional<String> add(SteerPlan plan) {
            if (plan.isEmpty()) {
                return Optional.empty();
            }
            var preference = free(OwnNumbers.FIRST_PREFERENCE);
            boolean marks = plan.ways().keySet().stream().anyMatch(Subject.Marked.class::isInstance);
            // What keeps packets from a rule must come before it.
            var later = marks && preference.isPresent() ? free(preference.getAsInt() + 1) : preference;
            if (later.isEmpty() || preference.isEmpty()) {
                return Optional.of("each rule preference from " + OwnNumbers.FIRST_PREFERENCE + " to "
                        + OwnNumbers.LAST_PREFERENCE + " is somebody else's");
            }
            for (var way : plan.ways().entrySet()) {
                var table = table(way.getValue());
                if (table.isEmpty()) {
                    return Optional.of(
                            "each routing table from " + FIRST_TABLE + " to " + OwnNumbers.LAST_TABLE + " is in use");
                }
                switch (way.getKey()) {
                    case Subject.To(var endpoint) -> {
                        keep(OwnRule.steering(endpoint, preference.getAsInt(), table.get()), newRules);
                        if (family == IpFamily.V4) {
                            keep(OwnRule.companion(preference.getAsInt()), newCompanions);
                        }
                    }
                    case Subject.Marked marked -> {
                        keep(OwnRule.localWays(marked, preference.getAsInt()), newCompanions);
                        keep(OwnRule.answered(way.getValue(), later.getAsInt(), table.get()), newRules);
                        keep(OwnRule.marked(marked, later.getAsInt(), table.get()), newRules);
                    }
                }
            }
            return Optional.empty();
        }

        private OptionalInt free(int from) {
            return IntStream.rangeClosed(from, OwnNumbers.LAST_PREFERENCE)
                    .filter(number -> !present.isForeign(family, number))
                    .findFirst();
        }

        /** Keeps a rule of ours that is the same but for its preference; else the wanted one is to be made. */
        private void keep(OwnRule wanted, List<OwnRule> made) {
            var there = rules.stream().filter(rule -> rule.isLike(wanted)).findFirst();
            if (there.isPresent()) {
                kept.add(there.get());
            } else if (!made.contains(wanted)) {
                made.add(wanted);
            }
        }

        private Optional<Integer> table(Uplink uplink) {
            var known = tables.get(uplink);
            if (known != null) {
                return Optional.of(known);
            }
            var there = routes.stream()
                    .filter(route -> route.route().table() >= FIRST_TABLE && route.leadsBy(uplink))
                    .findFirst();
            var table = there.map(route -> route.route().table()).or(this::freeTable);
            table.ifPresent(number -> {
                tables.put(uplink, number);
                there.ifPresentOrElse(kept::add, () -> newRoutes.put(uplink, OwnRoute.by(uplink, number)));
            });
            return table;
        }

        private Optional<Integer> freeTable() {
            return IntStream.rangeClosed(FIRST_TABLE, OwnNumbers.LAST_TABLE)
                    .filter(table -> present.isFree(family, table) && !tables.containsValue(table))
                    .boxed()
                    .findFirst();
        }

        void finish(List<Owned> make, List<Owned> remove) {
            make.addAll(newCompanions);
            make.addAll(newRoutes.values());
            make.addAll(newRules);
            rules.stream()
                    .filter(rule -> !rule.isCompanion() && !kept.contains(rule))
                    .forEach(remove::add);
            routes.stream().filter(route -> !kept.contains(route)).forEach(remove::add);
            rules.stream()
                    .filter(rule -> rule.isCompanion() && !kept.contains(rule))
                    .forEach(remove::add);
        }
    }
}
