package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.world.Box;
import dev.reroam.tests.simulation.world.Chance;
import dev.reroam.tests.simulation.world.Conditions;
import dev.reroam.tests.simulation.world.NatKind;
import dev.reroam.tests.simulation.world.Plan;
import dev.reroam.tests.simulation.world.StunServer;
import dev.reroam.tests.simulation.world.Traffic;
import dev.reroam.tests.simulation.world.VirtualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Draws networks, devices and peers from a seed. Stateless but for its chance. */
final class PlanMaker {

    private static final int MOST_OF_A_HUB = 6;

    private final long seed;
    private final Chance chance;

    PlanMaker(long seed) {
        this.seed = seed;
        chance = new Chance(seed).fork("plan");
    }

    Plan plan() {
        var wans = new ArrayList<Plan.OfWan>();
        for (int i = chance.pick(1, 2, 2, 2, 3); i > 0; i--) {
            wans.add(wan());
        }
        var devices = new ArrayList<Plan.OfDevice>();
        for (int i = chance.pick(1, 1, 2); i > 0; i--) {
            devices.add(device());
        }
        var servers = new ArrayList<StunServer.Manner>();
        for (int i = chance.below(5); i > 0; i--) {
            servers.add(chance.pick(
                    StunServer.Manner.ANSWERS,
                    StunServer.Manner.ANSWERS,
                    StunServer.Manner.ANSWERS,
                    StunServer.Manner.ANSWERS,
                    StunServer.Manner.NEVER,
                    StunServer.Manner.LIES));
        }
        // A clock that has run for long, or one before its zero: nanoTime may be anything.
        long start = chance.between(-500_000, 500_000) * VirtualTime.SECOND;
        var routing = new Box.Routing(chance.permille(700), chance.permille(300));
        return new Plan(seed, start, routing, wans, devices, servers);
    }

    private Plan.OfWan wan() {
        return new Plan.OfWan(chance.permille(850) ? Optional.of(nat()) : Optional.empty(), line());
    }

    private NatKind nat() {
        long lifetime = chance.pick(30, 60, 120, 180, 300) * VirtualTime.SECOND;
        long absolute = chance.permille(100) ? chance.between(50, 75) * VirtualTime.SECOND : 0;
        return new NatKind(
                chance.pick(NatKind.Mapping.values()),
                chance.pick(NatKind.Filtering.values()),
                chance.permille(500),
                lifetime,
                absolute);
    }

    private Conditions line() {
        int loss = chance.permille(300) ? chance.below(20) : 0;
        return new Conditions(
                loss,
                loss,
                chance.between(3, 120) * VirtualTime.MILLI,
                chance.pick(0, 0, 2, 20) * VirtualTime.MILLI,
                chance.permille(200) ? 10 : 0,
                false,
                false);
    }

    private Plan.OfDevice device() {
        boolean kernel = chance.permille(600);
        boolean watchedOnly = chance.permille(50);
        boolean free = chance.permille(500);
        int peers = free ? chance.pick(1, 1, 1, 2) : 1 + chance.below(MOST_OF_A_HUB);
        var all = new ArrayList<Plan.OfPeer>();
        for (int i = 0; i < peers; i++) {
            all.add(peer(free, peers > 1));
        }
        return new Plan.OfDevice(kernel, watchedOnly, free, all);
    }

    private Plan.OfPeer peer(boolean free, boolean oneOfMany) {
        // A port is free only where every peer has a configured endpoint.
        boolean weKnow = free || chance.permille(500);
        boolean theyKnow = !free && (!weKnow || chance.permille(300));
        Optional<NatKind> nat = chance.permille(500) ? Optional.of(nat()) : Optional.empty();
        boolean probe = chance.permille(600);
        return new Plan.OfPeer(
                weKnow ? chance.pick(0, 15, 25, 25, 60) : 0,
                weKnow && !theyKnow ? chance.pick(0, 25) : 25,
                weKnow,
                theyKnow,
                nat,
                probe,
                chance.permille(800),
                !oneOfMany && chance.permille(200),
                !oneOfMany || chance.permille(800),
                chance.between(1, 40) * VirtualTime.MILLI,
                chance.pick(List.of(Traffic.Pattern.values())),
                chance.between(100, 2_000) * VirtualTime.MILLI);
    }
}
