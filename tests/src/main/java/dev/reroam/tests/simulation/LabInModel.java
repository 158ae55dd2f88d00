package dev.reroam.tests.simulation;

import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.tests.simulation.Fault.Kind;
import dev.reroam.tests.simulation.world.Box;
import dev.reroam.tests.simulation.world.Conditions;
import dev.reroam.tests.simulation.world.NatKind;
import dev.reroam.tests.simulation.world.Plan;
import dev.reroam.tests.simulation.world.Traffic;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The lab's network, and faults that the lab makes for real, in the model: what the brain is told there must come in an order in
 * which it comes here too, or the model is not of this world. Stateless.
 */
public final class LabInModel {

    private static final long AT = 70 * VirtualTime.SECOND;
    private static final long FOR_EVER = 30 * VirtualTime.SECOND;
    private static final long TAIL = 20 * VirtualTime.SECOND;
    private static final int BOTH_WAYS = 3;
    private static final int DAEMON = 200;

    /** What comes closer together than that may be told in either order: a packet and a daemon's answer race each other. */
    private static final long TOGETHER = 50 * VirtualTime.MILLI;

    private static final Fault OTHER_CARRIER =
            new Fault(Kind.CABLE_BLINKED, AT - 300 * VirtualTime.MILLI, 100 * VirtualTime.MILLI, 1, 0);

    /** The far end of a cable comes up a moment after ours: the first question for its address is lost, the next comes after 1 s. */
    private static final Fault UNRESOLVED =
            new Fault(Kind.SILENT, AT + 2_500 * VirtualTime.MILLI, VirtualTime.SECOND, 0, BOTH_WAYS);

    // The lab's lines are pairs of virtual interfaces.
    private static final Conditions LINE =
            new Conditions(0, 0, 50 * VirtualTime.MICRO, 20 * VirtualTime.MICRO, 0, false, false);
    private static final NatKind EASY = nat(NatKind.Mapping.ENDPOINT_INDEPENDENT, true);
    private static final NatKind HARD = nat(NatKind.Mapping.ADDRESS_AND_PORT_DEPENDENT, false);

    /** A fault of the lab: what happens, on how many uplinks, and with rules by source or not. */
    private record Known(int uplinks, boolean bySource, List<Fault> faults) {}

    private static final Map<String, Known> FAULTS = new TreeMap<>(Map.ofEntries(
            Map.entry("uplink-down", known(cable(0, FOR_EVER, 0))),
            Map.entry("cable-cut", known(cable(0, FOR_EVER, 0))),
            Map.entry("cable-cut-late-route", known(cable(0, FOR_EVER, DAEMON))),
            Map.entry("both-gone", known(cable(0, FOR_EVER, 0), cable(1, 2_500 * VirtualTime.MILLI, 0))),
            Map.entry("nat-forgets", known(blink(2_500 * VirtualTime.MILLI), once(Kind.NAT_REBOOTED, AT))),
            Map.entry("route-replaced", known(silent(0), prefers(1, AT, FOR_EVER))),
            Map.entry("policy-rule", known(silent(0), prefers(1, AT, FOR_EVER))),
            Map.entry("address-changed", known(once(Kind.ADDRESS_CHANGED, AT))),
            Map.entry("gateway-changed", known(once(Kind.GATEWAY_CHANGED, AT))),
            Map.entry(
                    "failback",
                    new Known(
                            2,
                            true,
                            List.of(prefers(1, AT - 40 * VirtualTime.SECOND, 40 * VirtualTime.SECOND), silent(1)))),
            Map.entry(
                    "redialled",
                    new Known(
                            1,
                            false,
                            List.of(new Fault(Kind.INTERFACE_RECREATED, AT, 400 * VirtualTime.MILLI, 0, 0))))));

    private LabInModel() {}

    private static NatKind nat(NatKind.Mapping mapping, boolean preserves) {
        return new NatKind(
                mapping, NatKind.Filtering.ADDRESS_AND_PORT_DEPENDENT, preserves, 30 * VirtualTime.SECOND, 0);
    }

    private static Known known(Fault... faults) {
        return new Known(2, false, List.of(faults));
    }

    private static Fault cable(int uplink, long lasts, int daemon) {
        return new Fault(Kind.CABLE_PULLED, AT, lasts, uplink, daemon);
    }

    private static Fault blink(long lasts) {
        return new Fault(Kind.CABLE_BLINKED, AT, lasts, 0, 0);
    }

    private static Fault silent(int uplink) {
        return new Fault(Kind.SILENT, AT, FOR_EVER, uplink, BOTH_WAYS);
    }

    private static Fault prefers(int uplink, long at, long lasts) {
        return new Fault(Kind.ROUTE_MOVED, at, lasts, uplink, 0);
    }

    private static Fault once(Kind kind, long at) {
        return new Fault(kind, at, 0, 0, 0);
    }

    /** The lab's names of the faults that are known here. */
    public static List<String> faults() {
        return List.copyOf(FAULTS.keySet());
    }

    /**
     * The orders in which the facts of a fault come in the model, and how often each did: half of the times the kernel tells of a
     * cable late, as it does where other carriers changed just before.
     *
     * @param kernel kernel WireGuard, else wireguard-go
     */
    public static Map<List<String>, Long> orders(String fault, boolean kernel, int seeds) {
        return LongStream.range(0, seeds)
                .mapToObj(seed -> facts(scenario(fault, kernel, seed)))
                .collect(Collectors.groupingBy(facts -> facts, Collectors.counting()));
    }

    /** Whether an order of the model has the facts of the world, and those that came one after the other there in that order. */
    public static boolean accountsFor(List<Facts.Fact> world, Set<List<String>> orders) {
        return orders.stream().anyMatch(order -> isSame(world, order));
    }

    private static boolean isSame(List<Facts.Fact> world, List<String> order) {
        if (world.size() != order.size() || !world.stream().allMatch(fact -> order.contains(fact.what()))) {
            return false;
        }
        for (Facts.Fact earlier : world) {
            for (Facts.Fact later : world) {
                if (later.at() - earlier.at() > TOGETHER
                        && order.indexOf(later.what()) < order.indexOf(earlier.what())) {
                    return false;
                }
            }
        }
        return true;
    }

    private static List<String> facts(Scenario scenario) {
        var facts = new Facts();
        long from = scenario.plan().start() + AT;
        Simulation.run(scenario, Simulation.Brain.standard(), false, new Watcher() {
            @Override
            public void onStep(RecoveryState before, Observation observation, long now, Step step) {
                if (now >= from && now < from + TAIL) {
                    facts.onStep(before, observation, now, step);
                }
            }
        });
        return facts.inOrder().stream().map(Facts.Fact::what).toList();
    }

    private static Scenario scenario(String fault, boolean kernel, long seed) {
        Known known = FAULTS.get(fault);
        if (known == null) {
            throw new IllegalArgumentException("the model does not know " + fault);
        }
        var peer = new Plan.OfPeer(
                25,
                0,
                true,
                false,
                Optional.empty(),
                true,
                true,
                false,
                true,
                50 * VirtualTime.MICRO,
                Traffic.Pattern.BOTH_WAYS,
                20 * VirtualTime.MILLI);
        var wans = List.of(new Plan.OfWan(Optional.of(EASY), LINE), new Plan.OfWan(Optional.of(HARD), LINE));
        var plan = new Plan(
                seed,
                seed * VirtualTime.SECOND,
                new Box.Routing(known.bySource(), true),
                wans.subList(0, known.uplinks()),
                List.of(new Plan.OfDevice(kernel, false, true, List.of(peer))),
                List.of());
        var faults = new ArrayList<>(known.faults());
        if (seed % 2 == 1 && known.uplinks() > 1) {
            faults.add(OTHER_CARRIER);
        }
        if (fault.equals("nat-forgets") && seed % 4 > 1) {
            faults.add(UNRESOLVED);
        }
        return new Scenario(seed, plan, new Hands.Luck(0, 0, 0, false), false, faults, AT + FOR_EVER + TAIL);
    }
}
