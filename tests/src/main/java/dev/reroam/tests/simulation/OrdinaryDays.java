package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.Fault.Kind;
import dev.reroam.tests.simulation.world.Chance;
import dev.reroam.tests.simulation.world.Conditions;
import dev.reroam.tests.simulation.world.Plan;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayList;
import java.util.List;

/** Draws long scenarios in which nothing is broken for long, and little may be done. Stateless. */
final class OrdinaryDays {

    private static final long MILLI = VirtualTime.MILLI;
    private static final long HOUR = 3_600 * VirtualTime.SECOND;
    private static final long DAY = 24 * HOUR;
    private static final Hands.Luck NO_LUCK_NEEDED = new Hands.Luck(0, 0, 0, false);
    private static final int BAD_LOSS = 100;

    private OrdinaryDays() {}

    /** An hour on bad lines: 40 ms, up to 30 more, and every tenth packet lost each way. Nothing else happens. */
    static Scenario badHour(long seed) {
        Plan plan = new PlanMaker(seed).plan();
        var line = new Conditions(BAD_LOSS, BAD_LOSS, 40 * MILLI, 30 * MILLI, 0, false, false);
        return new Scenario(seed, over(plan, line), NO_LUCK_NEEDED, false, List.of(), HOUR);
    }

    private static Plan over(Plan plan, Conditions line) {
        return new Plan(
                plan.seed(),
                plan.start(),
                plan.routing(),
                plan.wans().stream().map(wan -> new Plan.OfWan(wan.nat(), line)).toList(),
                plan.devices(),
                plan.servers());
    }

    /** Days with a reconnect each night, peers that come and go, a busy LAN, and an evening on which the line is full. */
    static Scenario days(long seed, int days) {
        var chance = new Chance(seed).fork("days");
        var faults = new ArrayList<Fault>();
        for (int day = 0; day < days; day++) {
            day(chance, day * DAY, faults);
        }
        return new Scenario(seed, new PlanMaker(seed).plan(), NO_LUCK_NEEDED, false, faults, days * DAY);
    }

    private static void day(Chance chance, long from, List<Fault> faults) {
        long night = from + 4 * HOUR + chance.between(0, HOUR);
        Kind reconnect =
                chance.pick(Kind.INTERFACE_RECREATED, Kind.INTERFACE_RECREATED, Kind.WAN_CHANGED, Kind.NAT_REBOOTED);
        long takes = reconnect == Kind.INTERFACE_RECREATED ? chance.between(2_000, 60_000) * MILLI : 0;
        faults.add(new Fault(reconnect, night, takes, chance.below(2), chance.below(2)));
        for (int i = 1 + chance.below(4); i > 0; i--) {
            long at = from + chance.between(0, 16 * HOUR);
            faults.add(new Fault(
                    Kind.PEER_OFFLINE, at, chance.between(60_000, 8 * 3_600_000) * MILLI, chance.below(6), 0));
        }
        for (int i = chance.below(3); i > 0; i--) {
            faults.add(new Fault(Kind.PEER_MOVED, from + chance.between(0, DAY), 0, chance.below(6), 0));
        }
        for (int i = 6; i > 0; i--) {
            long at = from + chance.between(0, 23 * HOUR);
            faults.add(new Fault(Kind.BUSY_LAN, at, chance.between(1_000, 600_000) * MILLI, 0, 20 + chance.below(60)));
        }
        long evening = from + 20 * HOUR;
        faults.add(new Fault(Kind.LOSSY, evening, HOUR, 0, chance.pick(10, 30, 100)));
        if (chance.permille(150)) {
            faults.add(new Fault(Kind.ROUTE_MOVED, from + 12 * HOUR, chance.between(30_000, 7_200_000) * MILLI, 1, 0));
        }
    }
}
