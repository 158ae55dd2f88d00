package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.Fault.Kind;
import dev.reroam.tests.simulation.world.Chance;
import dev.reroam.tests.simulation.world.Plan;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Draws a scenario from a seed. Stateless. */
final class ScenarioMaker {

    private static final long SECOND = VirtualTime.SECOND;
    private static final long TAIL = 75 * SECOND;
    private static final int MOST_FAULTS = 4;

    private final long seed;
    private final Chance chance;
    private final List<Kind> kinds;

    private ScenarioMaker(long seed, Set<Ability> abilities) {
        this.seed = seed;
        chance = new Chance(seed).fork("faults");
        kinds = Stream.of(Kind.values())
                .filter(kind -> kind.needs().stream().allMatch(abilities::contains))
                .toList();
    }

    /** The scenario of a seed, of what the brain of today repairs. */
    static Scenario of(long seed) {
        return of(seed, Ability.TODAY);
    }

    static Scenario of(long seed, Set<Ability> abilities) {
        return new ScenarioMaker(seed, abilities).scenario();
    }

    private Scenario scenario() {
        Plan plan = new PlanMaker(seed).plan();
        var faults = new ArrayList<Fault>();
        long at = chance.between(65, 150) * SECOND;
        for (int i = 1 + chance.below(MOST_FAULTS); i > 0; i--) {
            Fault fault = fault(chance.pick(kinds), at);
            faults.add(fault);
            if (chance.permille(200)) {
                // Killed in the middle of it, or of what follows.
                faults.add(new Fault(
                        Kind.KILLED, at, chance.between(200, 20_000) * VirtualTime.MILLI, 0, 1 + chance.below(12)));
            }
            boolean overlaps = chance.permille(200);
            at = overlaps
                    ? at + chance.between(0, 8_000) * VirtualTime.MILLI
                    : Math.max(at, fault.healedAt()) + chance.between(35, 110) * SECOND;
        }
        long end = faults.stream().mapToLong(Fault::healedAt).max().orElse(0);
        boolean bad = chance.permille(100);
        var luck = new Hands.Luck(
                bad ? chance.pick(0, 200) : 0,
                bad ? chance.pick(0, 300) : 0,
                bad ? chance.pick(0, 300) : 0,
                chance.permille(150));
        return new Scenario(seed, plan, luck, chance.permille(40), faults, end + TAIL);
    }

    private Fault fault(Kind kind, long at) {
        int where = chance.below(6);
        return switch (kind) {
            case CABLE_PULLED -> new Fault(kind, at, millis(500, 60_000), where, chance.pick(0, 30, 300, 3_000));
            case CABLE_BLINKED -> new Fault(kind, at, millis(30, 1_500), where, 0);
            case ROUTE_MOVED, INTERFACE_RECREATED -> new Fault(kind, at, millis(200, 60_000), where, 0);
            case ADDRESS_CHANGED, GATEWAY_CHANGED, PEER_MOVED, PERSON_ASKED, STUCK_FLOW ->
                new Fault(kind, at, 0, where, 0);
            case FLAPPING -> new Fault(kind, at, millis(500, 20_000), where, 2 + chance.below(6));
            case WAN_CHANGED, NAT_REBOOTED, STUCK_NAT -> new Fault(kind, at, 0, where, chance.below(2));
            case LOSSY, LOSSY_OUT ->
                new Fault(kind, at, millis(2_000, 60_000), where, chance.pick(20, 100, 300, 1_000));
            case SLOW -> new Fault(kind, at, millis(2_000, 60_000), where, chance.pick(250, 750));
            case SILENT, SILENT_LEFT -> new Fault(kind, at, millis(500, 60_000), where, 1 + chance.below(3));
            case PEER_OFFLINE -> new Fault(kind, at, millis(1_000, 90_000), where, 0);
            case DEVICE_RECREATED -> new Fault(kind, at, millis(20, 5_000), where, 0);
            case KILLED -> new Fault(kind, at, millis(200, 20_000), where, 1 + chance.below(12));
            case RESTARTED -> new Fault(kind, at, millis(200, 20_000), where, 0);
            case CLOCK_STEPPED -> new Fault(kind, at, 0, where, chance.pick(-3_600, -1, 1, 3_600, 1_000_000_000));
            case BUSY_LAN -> new Fault(kind, at, millis(100, 30_000), where, 10 + chance.below(200));
        };
    }

    private long millis(long least, long most) {
        return chance.between(least, most) * VirtualTime.MILLI;
    }
}
