package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelStatus;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.Wan;
import dev.reroam.tests.simulation.world.World;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs one scenario from its start to its end. Used once, by one thread. */
final class Simulation implements Player.Stage, Watcher {

    /**
     * The brain on trial.
     *
     * @param config with {@code observeOnly} false; scenarios that only observe set it
     */
    record Brain(Ladder ladder, RecoveryConfig config, RecoveryConfig observing) {
        /** The one that ships. */
        static Brain standard() {
            return new Brain(Ladder.standard(), RecoveryConfig.standard(false), RecoveryConfig.standard(true));
        }
    }

    /**
     * What came of it. Immutable.
     *
     * @param trace empty where none was wished
     * @param asked how many tunnels were looked at after a fault
     * @param refreshes of tunnels that carried, each with a sign
     */
    record Outcome(
            String trace, String hash, List<String> violations, int asked, long refreshes, long sockets, long ports) {}

    // What is broken by then, and whose bounds are over, is what people are to be told of.
    private static final long TOLD = 20 * VirtualTime.SECOND;

    // What begins as the scenario ends has no time to end.
    private static final long LASTS = 60 * VirtualTime.SECOND;

    // Looking costs more than all that happens in a day.
    private static final long LOOKS = VirtualTime.SECOND / 2;
    private static final long LOOKS_IN_LONG = 5 * VirtualTime.SECOND;
    private static final long LONG = 2 * 3_600 * VirtualTime.SECOND;

    private final Scenario scenario;
    private final RecoveryConfig config;
    private final World world;
    private final Trace trace;
    private final Court court;
    private final Health health;
    private final Untouched untouched;
    private final List<Watcher> watchers;
    private final ModelLedger ledger = new ModelLedger();
    private final WallClock wall;
    private final Recovery recovery;
    private final LeftBehind leftBehind;
    private final Healed healed;
    private @Nullable SimulatedAgent agent;
    private long lives;
    private int killAt;
    private long questionsBefore;

    private Simulation(Scenario scenario, Brain brain, boolean traced, Watcher also) {
        this.scenario = scenario;
        config = scenario.observeOnly() ? brain.observing() : brain.config();
        recovery = new Recovery(brain.ladder(), config);
        world = new World(scenario.plan());
        trace = new Trace(world.time(), traced);
        court = new Court(world.time());
        health = new Health(world, scenario.lasts() > LONG ? LOOKS_IN_LONG : LOOKS);
        untouched = new Untouched(court, health, new Slowed(world));
        wall = new WallClock(world.time().now());
        leftBehind = new LeftBehind(world, ledger, court);
        healed = new Healed(scenario, world, health, ledger, court);
        watchers = List.of(
                also,
                untouched,
                healed,
                new OnceAnIncident(court),
                new FlapsDamped(court),
                new ConnectionsSpared(world, court),
                new IdleBudget(
                        court,
                        world.time(),
                        this::questions,
                        world.box().wans().size(),
                        world.links().size()));
    }

    static Outcome run(Scenario scenario, Brain brain, boolean traced) {
        return run(scenario, brain, traced, new Watcher() {});
    }

    /** Also told of all that the agent does. */
    static Outcome run(Scenario scenario, Brain brain, boolean traced, Watcher also) {
        return new Simulation(scenario, brain, traced, also).run();
    }

    static Outcome run(Scenario scenario) {
        return run(scenario, Brain.standard(), true);
    }

    private Outcome run() {
        VirtualTime time = world.time();
        long end = time.now() + scenario.lasts();
        world.start();
        start();
        var player = new Player(world, this);
        scenario.faults().forEach(player::play);
        time.runUntil(end);
        atEnd();
        stop();
        // What the last words to the disk and to the devices take.
        time.runUntil(end + VirtualTime.SECOND);
        leftBehind.look(scenario.luck().refused() > 0);
        return new Outcome(
                trace.text(),
                trace.hash(),
                court.violations(),
                healed.asked(),
                untouched.refreshes(),
                untouched.sockets(),
                untouched.ports());
    }

    private void atEnd() {
        SimulatedAgent last = agent;
        if (last == null) {
            return;
        }
        last.statuses().forEach(trace::world);
        last.state().tunnels().forEach((id, tunnel) -> {
            var word = TunnelStatus.of(tunnel, last.now(), config).word();
            // Who may not act is right to say so.
            if (scenario.luck().refused() == 0
                    && scenario.luck().diskFull() == 0
                    && word == TunnelStatus.Word.NEEDS_PERSON
                    && health.carriesFor(id) > TOLD
                    && health.awake(health.link(id))) {
                court.violation("told", id + " carries, and a person is said to be needed");
            }
        });
        boolean allUp = world.box().wans().stream().allMatch(wan -> wan.carrier() && wan.routed());
        boolean lasts = last.state()
                .incident()
                .filter(open -> last.now() - open.openedAt() > LASTS)
                .isPresent();
        if (allUp && lasts) {
            court.violation("ends", "the incident is still open: " + last.statuses());
        }
    }

    private long questions() {
        return questionsBefore + (agent == null ? 0 : agent.questionsSent());
    }

    @Override
    public void start() {
        if (agent != null) {
            end(agent::kill);
        }
        killAt = 0;
        lives++;
        agent = new SimulatedAgent(
                new SimulatedAgent.Outside(
                        world,
                        scenario.plan(),
                        recovery,
                        config,
                        ledger,
                        scenario.luck(),
                        wall,
                        trace,
                        this,
                        what -> court.violation("twice", what),
                        this::onGuardian),
                lives);
    }

    /** Some seconds after a life was ended by a kill: what it steered is withdrawn, unless another one began. */
    private void onGuardian(long life) {
        if (life == lives && agent == null) {
            world.box().unsteerAll();
        }
    }

    private void end(Runnable how) {
        questionsBefore = questions();
        how.run();
        agent = null;
        watchers.forEach(Watcher::onEnd);
    }

    @Override
    public void stop() {
        if (agent != null) {
            end(agent::stop);
        }
    }

    @Override
    public void kill(int action) {
        killAt = action;
    }

    @Override
    public void onStart() {
        watchers.forEach(Watcher::onStart);
    }

    @Override
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        watchers.forEach(watcher -> watcher.onStep(before, observation, now, step));
        if (killAt > 0 && agent != null) {
            killAt -= (int) step.actions().stream()
                    .filter(action -> !(action instanceof Action.Note))
                    .count();
            if (killAt <= 0) {
                killAt = 0;
                // In the midst of what this step asked for.
                SimulatedAgent victim = agent;
                world.time().in(world.time().now() & 0xfff, () -> {
                    if (agent == victim) {
                        note("killed");
                        end(victim::kill);
                    }
                });
            }
        }
    }

    @Override
    public void onRepair(Action.Setting repair) {
        watchers.forEach(watcher -> watcher.onRepair(repair));
    }

    @Override
    public void gatewaySays(Wan wan, boolean moved) {
        if (agent != null) {
            agent.gatewaySaid(wan, moved);
        }
    }

    @Override
    public void clock(long by) {
        wall.step(world.time().now(), by);
    }

    @Override
    public void personAsks() {
        if (agent != null) {
            agent.observe(new Observation.RecoverAsked(new Observation.Meant.Everything()));
        }
    }

    @Override
    public void note(String what) {
        trace.world(what);
        health.look();
        watchers.forEach(watcher -> watcher.onWorld(what));
    }
}
