package dev.reroam.tests.simulation;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.TunnelId;
import dev.reroam.tests.simulation.world.Box;
import dev.reroam.tests.simulation.world.Chance;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.Wan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Tells the brain of the network as {@code NetworkMonitor} does: differences, at most one sweep per 20 ms. One life's. */
final class KernelEye {

    private static final long SWEEP_SPACING = 20 * VirtualTime.MILLI;
    private static final int MOST_SIGNS = 32;

    /** What a path is asked for; another question is another one even where the answer is the same. */
    private record Question(Endpoint to, int port, int mark) {}

    private final Life life;
    private final Box box;
    private final Chance chance;
    private final Consumer<PathsSeen> brain;
    private Map<TunnelId, Question> questions = Map.of();
    private final Map<TunnelId, Path> told = new TreeMap<>();
    private Set<Integer> toldDead = Set.of();
    private final List<String> signs = new ArrayList<>();
    private final Set<Integer> disturbed = new TreeSet<>();
    private long lastCarrier = Long.MIN_VALUE / 2;
    private long lastSweep;
    private boolean sweeping;

    KernelEye(Life life, Box box, Chance chance, Consumer<PathsSeen> brain) {
        this.life = life;
        this.box = box;
        this.chance = chance;
        this.brain = brain;
        lastSweep = life.now() - SWEEP_SPACING;
    }

    /** The kernel announces something; carrier events that follow each other within a second come late (facts, kernel). */
    void changed(String sign, Set<Integer> lost, boolean carrier) {
        boolean rationed = carrier && life.now() - lastCarrier < VirtualTime.SECOND;
        lastCarrier = carrier ? life.now() : lastCarrier;
        long late = rationed
                ? chance.between(520 * VirtualTime.MILLI, 820 * VirtualTime.MILLI)
                : chance.between(50 * VirtualTime.MICRO, 4 * VirtualTime.MILLI);
        life.in(late, () -> {
            if (signs.size() < MOST_SIGNS && !signs.contains(sign)) {
                signs.add(sign);
            }
            disturbed.addAll(lost);
            sweepSoon();
        });
    }

    private void sweepSoon() {
        if (!sweeping) {
            sweeping = true;
            life.at(lastSweep + SWEEP_SPACING, this::sweep);
        }
    }

    /** Asks for all paths, now. */
    void sweep() {
        sweeping = false;
        lastSweep = life.now();
        ask(questions.keySet());
    }

    /** New tunnels, and those whose question is another one, are asked at once. */
    void follow(RecoveryState state) {
        var now = new TreeMap<TunnelId, Question>();
        state.tunnels().forEach((id, tunnel) -> {
            var device = state.devices().get(id.device());
            if (device != null) {
                tunnel.facts()
                        .endpoint()
                        .ifPresent(to -> now.put(
                                id,
                                new Question(
                                        to,
                                        device.facts().listenPort(),
                                        device.facts().mark())));
            }
        });
        if (now.equals(questions)) {
            return;
        }
        var before = questions;
        questions = now;
        told.keySet().removeIf(id -> !now.containsKey(id) || !now.get(id).equals(before.get(id)));
        var fresh = new ArrayList<>(now.keySet());
        fresh.removeAll(told.keySet());
        ask(fresh);
    }

    private void ask(Iterable<TunnelId> whom) {
        var answers = new ArrayList<PathAnswer>();
        for (TunnelId id : whom) {
            Question question = questions.get(id);
            Path way = path(question == null ? box.way() : box.way(question.to));
            if (!way.equals(told.put(id, way))) {
                answers.add(new PathAnswer(id, way));
            }
        }
        var dead = new TreeSet<Integer>();
        box.wans().stream().filter(wan -> wan.present() && !wan.carrier()).forEach(wan -> dead.add(wan.index()));
        if (answers.isEmpty() && signs.isEmpty() && disturbed.isEmpty() && dead.equals(toldDead)) {
            return;
        }
        toldDead = dead;
        var seen = new PathsSeen(signs, disturbed, dead, answers);
        signs.clear();
        disturbed.clear();
        brain.accept(seen);
    }

    private static Path path(Optional<Wan> way) {
        return way.<Path>map(wan -> new Path.Via(wan.index(), wan.name(), Optional.of(wan.gateway()), wan.address()))
                .orElse(new Path.None("ENETUNREACH"));
    }
}
