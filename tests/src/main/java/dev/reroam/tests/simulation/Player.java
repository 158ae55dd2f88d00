package dev.reroam.tests.simulation;

import dev.reroam.tests.simulation.world.Changes;
import dev.reroam.tests.simulation.world.Conditions;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.Wan;
import dev.reroam.tests.simulation.world.World;
import java.util.function.BiConsumer;

/** Does the faults of a scenario to its world, each at its time. Confined to its run's thread. */
final class Player {

    /** Who does what is not done to the network. */
    interface Stage {
        void gatewaySays(Wan wan, boolean moved);

        void kill(int action);

        void stop();

        void start();

        void clock(long by);

        void personAsks();

        void note(String what);
    }

    private final World world;
    private final Changes changes;
    private final Stage stage;
    private final long start;

    Player(World world, Stage stage) {
        this.world = world;
        this.changes = new Changes(world);
        this.stage = stage;
        start = world.time().now();
    }

    void play(Fault fault) {
        switch (fault.kind()) {
            case CABLE_PULLED -> {
                long daemon = fault.much() * VirtualTime.MILLI;
                at(fault, 0, "cable out", () -> changes.carrier(fault.where(), false));
                at(fault, Math.min(daemon, fault.lasts()), "route away", () -> changes.routed(fault.where(), false));
                at(fault, fault.lasts(), "cable in, route back", () -> {
                    changes.carrier(fault.where(), true);
                    changes.routed(fault.where(), true);
                });
            }
            case CABLE_BLINKED ->
                both(fault, () -> changes.carrier(fault.where(), false), () -> changes.carrier(fault.where(), true));
            case ROUTE_MOVED -> both(fault, () -> changes.prefer(fault.where()), () -> changes.prefer(0));
            case ADDRESS_CHANGED -> once(fault, () -> changes.address(fault.where()));
            case GATEWAY_CHANGED -> once(fault, () -> changes.gateway(fault.where()));
            case INTERFACE_RECREATED ->
                both(fault, () -> changes.gone(fault.where()), () -> changes.again(fault.where()));
            case FLAPPING -> flapping(fault);
            case WAN_CHANGED -> upstream(fault, () -> changes.outside(fault.where(), true), true);
            case NAT_REBOOTED -> upstream(fault, () -> changes.reboot(fault.where()), false);
            case LOSSY ->
                line(fault, (before, to) -> to.line(fault.where(), before.withLoss(fault.much(), fault.much())));
            case LOSSY_OUT -> line(fault, (before, to) -> to.line(fault.where(), before.withLoss(fault.much(), 0)));
            case SLOW -> line(fault, (before, to) -> to.line(fault.where(), slow(before, fault.much())));
            case SILENT, SILENT_LEFT ->
                line(
                        fault,
                        (before, to) ->
                                to.line(fault.where(), before.deaf((fault.much() & 1) != 0, (fault.much() & 2) != 0)));
            case PEER_OFFLINE ->
                both(fault, () -> changes.online(fault.where(), false), () -> changes.online(fault.where(), true));
            case PEER_MOVED -> once(fault, () -> changes.farMoves(fault.where()));
            case DEVICE_RECREATED ->
                both(fault, () -> changes.deviceGone(fault.where()), () -> changes.deviceAgain(fault.where()));
            case KILLED -> both(fault, () -> stage.kill(fault.much()), stage::start);
            case RESTARTED -> both(fault, stage::stop, stage::start);
            case CLOCK_STEPPED -> once(fault, () -> stage.clock(fault.much() * VirtualTime.SECOND));
            case PERSON_ASKED -> once(fault, stage::personAsks);
            case BUSY_LAN -> {
                for (int i = 0; i < fault.much(); i++) {
                    at(fault, fault.lasts() * i / fault.much(), "noise", changes::noise);
                }
            }
            case STUCK_NAT -> upstream(fault, () -> changes.outside(fault.where(), false), true);
            case STUCK_FLOW -> once(fault, () -> changes.stuck(fault.where()));
        }
    }

    private void both(Fault fault, Runnable begin, Runnable end) {
        at(fault, 0, "begins", begin);
        at(fault, fault.lasts(), "ends", end);
    }

    private void once(Fault fault, Runnable what) {
        at(fault, 0, "", what);
    }

    private void upstream(Fault fault, Runnable what, boolean moved) {
        at(fault, 0, "", () -> {
            what.run();
            if (fault.much() == 1) {
                stage.gatewaySays(wan(fault), moved);
            }
        });
    }

    private void line(Fault fault, BiConsumer<Conditions, Changes> begin) {
        at(fault, 0, "begins", () -> begin.accept(changes.line(fault.where()), changes));
        // Back to what the line is by its plan: another fault may have changed it meanwhile.
        Conditions before = changes.line(fault.where());
        at(fault, fault.lasts(), "ends", () -> changes.line(fault.where(), before));
    }

    private static Conditions slow(Conditions line, int millis) {
        long delay = millis * VirtualTime.MILLI;
        return new Conditions(line.lossOut(), line.lossIn(), delay, delay / 2, line.duplicated(), false, false);
    }

    private void flapping(Fault fault) {
        int halves = 2 * Math.max(1, fault.much());
        for (int i = 0; i < halves; i++) {
            boolean there = i % 2 != 0;
            long offset = i == halves - 1 ? fault.lasts() : fault.lasts() * i / halves;
            at(fault, offset, there ? "there" : "away", () -> changes.routed(fault.where(), there));
        }
    }

    private Wan wan(Fault fault) {
        return world.box().wans().get(fault.where() % world.box().wans().size());
    }

    private void at(Fault fault, long offset, String word, Runnable what) {
        world.time().at(start + fault.at() + offset, () -> {
            stage.note(fault.kind() + " " + fault.where() + " " + fault.much() + " " + word);
            what.run();
        });
    }
}
