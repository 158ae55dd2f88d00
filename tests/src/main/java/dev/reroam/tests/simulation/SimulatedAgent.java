package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelId;
import dev.reroam.recovery.TunnelStatus;
import dev.reroam.tests.simulation.world.Kernel;
import dev.reroam.tests.simulation.world.Message.Inner;
import dev.reroam.tests.simulation.world.Message.Kind;
import dev.reroam.tests.simulation.world.Plan;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.Wan;
import dev.reroam.tests.simulation.world.WgDevice;
import dev.reroam.tests.simulation.world.WgPeer;
import dev.reroam.tests.simulation.world.World;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One life of the agent, wired as {@code AgentCore} wires it: SEE tells the brain, the brain's actions go to ACT, outcomes come
 * back. Confined to its run's thread.
 */
final class SimulatedAgent implements Kernel {

    private static final long NAME_READ = 5 * VirtualTime.MILLI;
    private static final long READ_ALL = 60 * VirtualTime.SECOND;
    private static final int ECHO_BYTES = 28;
    // An answer to a former life's echo is nobody's.
    private static final int LIFE_SHIFT = 40;

    /** What the agent is made of, and who watches it. */
    record Outside(
            World world,
            Plan plan,
            Recovery recovery,
            RecoveryConfig config,
            ModelLedger ledger,
            Hands.Luck luck,
            WallClock wall,
            Trace trace,
            Watcher watcher,
            Consumer<String> unequal,
            LongConsumer onGuardian) {}

    private record Echo(TunnelId tunnel, long number, long at) {}

    private final Outside outside;
    private final Life life;
    private final KernelEye network;
    private final Map<String, DeviceEye> devices = new TreeMap<>();
    private final SentinelEye sentinel;
    private final Hands hands;
    private final Aftermath aftermath;
    private final SteerHands steering;
    private final Map<Long, Echo> echoes = new HashMap<>();
    private final ArrayDeque<Observation> waiting = new ArrayDeque<>();
    private boolean turning;
    private long armedFor = Long.MAX_VALUE;
    private long echoesSent;
    private RecoveryState state;

    SimulatedAgent(Outside outside, long lifeNumber) {
        this.outside = outside;
        World world = outside.world();
        life = new Life(world.time(), lifeNumber);
        state = RecoveryState.initial(lifeNumber * 1_000);
        String of = " of life " + lifeNumber;
        network = new KernelEye(life, world.box(), world.chance("kernel" + of), this::onPaths);
        hands = new Hands(
                life, world.box(), outside.ledger(), outside.luck(), world.chance("hands" + of), outside.unequal());
        aftermath = new Aftermath(life, outside.ledger(), hands, this::carries, this::observe);
        steering = new SteerHands(world.box(), world.time(), world.chance("ports" + of));
        // What a former life steered would else be seen as the kernel's own choice.
        steering.withdraw();
        var plans = new HashMap<String, Plan.OfPeer>();
        world.links().forEach(link -> plans.put(link.near().key(), link.plan()));
        for (int i = 0; i < outside.plan().devices().size(); i++) {
            WgDevice device = world.box().devices().get(i);
            devices.put(
                    device.name(),
                    new DeviceEye(
                            life,
                            device,
                            outside.plan().devices().get(i),
                            plans,
                            outside.wall(),
                            world.chance("reading " + i + of),
                            this::onDevice));
            new TrafficEye(life, device, this::observe).start();
        }
        world.kernel(this);
        world.box().people(this::arrived);
        sentinel = new SentinelEye(
                life,
                world.box(),
                world.servers(),
                world.chance("sentinel" + of).next(),
                outside.config().observeOnly() ? Optional.of("mode = \"observe\"") : Optional.empty(),
                this::observe);
        outside.watcher().onStart();
        devices.values().forEach(DeviceEye::read);
        life.in(READ_ALL, this::readAll);
    }

    RecoveryState state() {
        return state;
    }

    long now() {
        return life.now();
    }

    /** Echoes and questions through tunnels, so far. */
    long echoesSent() {
        return echoesSent;
    }

    /** Questions to servers so far. */
    long questionsSent() {
        return sentinel.asked().values().stream().mapToLong(Long::longValue).sum();
    }

    /** Killed: nothing is tidied up. */
    void kill() {
        life.end();
        steering.killed(() -> outside.onGuardian().accept(life.number()));
    }

    /** Stopped as it should be. */
    void stop() {
        var facts = new TreeMap<String, DeviceFacts>();
        state.devices().forEach((name, device) -> facts.put(name, device.facts()));
        steering.withdraw();
        aftermath.onStop(facts);
        life.end();
    }

    /** The gateway of an uplink speaks. */
    void gatewaySaid(Wan wan, boolean moved) {
        life.in(VirtualTime.MILLI, () -> {
            var uplink = SentinelEye.uplink(wan);
            observe(
                    moved
                            ? new Observation.GatewayMoved(uplink, "another external address")
                            : new Observation.GatewayForgot(uplink, "its epoch went back"));
            sentinel.disturbed(uplink);
        });
    }

    @Override
    public void changed(String sign, Set<Integer> disturbed, boolean carrier) {
        network.changed(sign, disturbed, carrier);
    }

    @Override
    public void device(String name) {
        life.in(2 * VirtualTime.MILLI, () -> read(name));
    }

    private void read(String name) {
        DeviceEye device = devices.get(name);
        if (device != null) {
            device.read();
        }
    }

    private void readAll() {
        devices.values().forEach(DeviceEye::read);
        echoes.values().removeIf(echo -> now() - echo.at > READ_ALL);
        life.in(READ_ALL, this::readAll);
    }

    private void onPaths(Observation.PathsSeen paths) {
        observe(paths);
        sentinel.reviewSoon(!paths.signs().isEmpty());
    }

    private void onDevice(Observation observation) {
        observe(observation);
        network.follow(state);
        if (observation instanceof Observation.DeviceSeen seen) {
            aftermath.onDevice(seen.device());
        }
    }

    private boolean carries(DeviceFacts device) {
        return state.tunnels().entrySet().stream()
                .filter(entry -> entry.getKey().device().equals(device.name()))
                .anyMatch(entry -> TunnelStatus.of(entry.getValue(), now(), outside.config())
                                .word()
                        == TunnelStatus.Word.CARRYING);
    }

    /** Takes a fact in; performs what follows from it, and from that, before it returns. */
    void observe(Observation observation) {
        waiting.add(observation);
        if (turning || life.isOver()) {
            return;
        }
        turning = true;
        for (Observation next = waiting.poll(); next != null; next = waiting.poll()) {
            turn(next);
        }
        turning = false;
        arm();
    }

    private void turn(Observation observation) {
        RecoveryState before = state;
        outside.trace().observed(observation);
        Step step = outside.recovery().step(before, observation, now());
        state = step.state();
        step.actions().forEach(outside.trace()::wanted);
        outside.watcher().onStep(before, observation, now(), step);
        for (Action action : step.actions()) {
            if (!life.isOver()) {
                perform(action);
            }
        }
    }

    private void arm() {
        long due = outside.recovery().nextDeadline(state).orElse(Long.MAX_VALUE);
        if (due != armedFor && !life.isOver()) {
            armedFor = due;
            if (due != Long.MAX_VALUE) {
                life.at(due, () -> {
                    if (armedFor == due) {
                        armedFor = Long.MAX_VALUE;
                        observe(new Observation.TimePassed());
                    }
                });
            }
        }
    }

    private void perform(Action action) {
        switch (action) {
            case Action.Setting asked -> {
                aftermath.onRepair(asked);
                hands.perform(asked, () -> isWanted(asked), outcome -> {
                    aftermath.onOutcome(asked, outcome);
                    observe(new Observation.RepairEnded(asked.repair(), outcome));
                });
            }
            case Action.ForgetFlows asked -> ended(asked, steering.perform(asked));
            case Action.Steer asked -> ended(asked, steering.perform(asked, this));
            case Action.Unsteer asked -> ended(asked, steering.perform(asked, this));
            // In the model nothing is too large.
            case Action.MeasureMtu asked -> {}
            case Action.SetMtu asked -> ended(asked, new RepairOutcome.NotNeeded("nothing is too large"));
            case Action.RewriteSourcePorts asked -> ended(asked, steering.perform(asked));
            case Action.RestoreSourcePorts asked -> ended(asked, steering.perform(asked));
            // No device of the model has an owner.
            case Action.RestartOwner asked -> ended(asked, new RepairOutcome.NotNeeded("nobody restarts it"));
            case Action.SendEcho asked -> ask(asked.tunnel(), asked.echo(), Kind.ECHO);
            case Action.AskThroughTunnel asked -> ask(asked.tunnel(), asked.echo(), Kind.THROUGH);
            case Action.AskUplink asked -> life.in(0, () -> sentinel.suspect(asked.uplink()));
            case Action.AskName asked ->
                life.in(
                        NAME_READ,
                        () -> observe(new Observation.NameSeen(
                                asked.tunnel(), Optional.empty(), List.of(), "no peer of the model has a name")));
            // The box has no connections of programs: only that they are ended without need is judged.
            case Action.EndConnections ended -> {}
            case Action.SpareConnections spared -> {}
            case Action.ReadDevice asked -> read(asked.device());
            case Action.UnderRepair asked -> aftermath.begin(asked);
            case Action.RepairOver asked -> aftermath.over(asked.device());
            case Action.AskPaths asked -> network.sweep();
            // No box of the model has a Tailscale node.
            case Action.KickNode asked -> {}
            case Action.PingNode asked -> {}
            case Action.EndNodeConnections asked -> {}
            case Action.EndControl asked -> {}
            case Action.SteerNode asked -> {}
            case Action.UnsteerNode asked -> {}
            case Action.ForgetNodeFlows asked -> {}
            // Nobody makes host routes there.
            case Action.AskHostRoute asked -> {}
            case Action.Note note -> {}
        }
    }

    private void ended(Action.Repair asked, RepairOutcome outcome) {
        observe(new Observation.RepairEnded(asked.repair(), outcome));
    }

    private boolean isWanted(Action.Setting asked) {
        boolean wanted = outside.recovery().wants(state, asked, now());
        if (wanted) {
            outside.watcher().onRepair(asked);
        }
        return wanted;
    }

    private void ask(TunnelId tunnel, long number, Kind kind) {
        echoesSent++;
        WgDevice device = outside.world().box().device(tunnel.device());
        WgPeer peer = device == null ? null : device.peer(tunnel.peer());
        boolean nobody = kind == Kind.THROUGH && outside.plan().servers().isEmpty();
        if (peer == null || !peer.device().up() || nobody) {
            life.in(0, () -> observe(new Observation.EchoRefused(tunnel, number, "ENODEV")));
            return;
        }
        long outer = life.number() << LIFE_SHIFT | number;
        echoes.put(outer, new Echo(tunnel, number, now()));
        peer.send(new Inner(kind, outer, ECHO_BYTES));
    }

    private void arrived(WgPeer peer, Inner inner) {
        boolean answer = inner.kind() == Kind.ECHO_REPLY || inner.kind() == Kind.THROUGH_ANSWER;
        Echo echo = answer && !life.isOver() ? echoes.remove(inner.number()) : null;
        if (echo != null) {
            long roundTrip = now() - echo.at;
            life.in(
                    20 * VirtualTime.MICRO,
                    () -> observe(
                            inner.kind() == Kind.ECHO_REPLY
                                    ? new Observation.EchoAnswered(echo.tunnel, echo.number, roundTrip)
                                    : new Observation.ThroughAnswered(echo.tunnel, echo.number, roundTrip)));
        }
    }

    /** What people read; for the end of a trace. */
    List<String> statuses() {
        return state.tunnels().entrySet().stream()
                .map(entry -> entry.getKey() + ": "
                        + TunnelStatus.of(entry.getValue(), now(), outside.config())
                                .word())
                .toList();
    }
}
