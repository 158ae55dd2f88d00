package dev.reroam.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Standing.GivenUp;
import dev.reroam.recovery.Standing.Repairing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold whatever is seen in whatever order; {@code -Dseed=N} runs one seed alone. */
class PropertyTest {

    private static final int STEPS = 3_000;

    static LongStream seeds() {
        Long only = Long.getLong("seed");
        return only == null ? LongStream.range(0, 30) : LongStream.of(only);
    }

    private final Recovery recovery = new Recovery(Ladder.standard(), RecoveryConfig.standard(false));
    private final Map<TunnelId, PeerFacts> facts = new HashMap<>();
    /** When a tunnel was last seen alive, reckoned without the brain. */
    private final Map<TunnelId, Long> alive = new HashMap<>();

    private final Map<TunnelId, Long> trying = new HashMap<>();
    private final Set<TunnelId> asked = new HashSet<>();
    private final Set<TunnelId> named = new HashSet<>();
    /** Devices of which something stands in the ledger. */
    private final Set<String> written = new HashSet<>();

    private final Set<String> onceInIncident = new HashSet<>();
    private long lastRepair;
    private long lastEcho;
    private long openIncident;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void holdsForAnyObservationsInAnyOrder(long seed) {
        var walk = new RandomWalk(seed);
        RecoveryState state = RecoveryState.initial();
        for (int i = 0; i < STEPS; i++) {
            walk.wait(state);
            Observation observation = walk.next(state);
            String where = "seed " + seed + ", step " + i + ", " + observation;
            live(observation, walk.now);
            Step step = recovery.step(state, observation, walk.now);
            for (Action action : step.actions()) {
                check(action, state, step.state(), where + ": " + action);
            }
            state = step.state();
            assertTrue(state.deadline() > walk.now, where + ": due again at once");
            assertEquals(openIncident != 0, state.incident().isPresent(), where);
            assertTrue(openIncident != 0 || written.isEmpty(), where + ": still written down: " + written);
            var exact = new Draft(Ladder.standard(), RecoveryConfig.standard(false), state, walk.now);
            Agenda told = exact.agenda();
            exact.agendaAnew();
            assertEquals(exact.agenda().open(), told.open(), where);
            assertTrue(told.next() <= exact.agenda().next(), where + ": would wake too late");
            asked.removeIf(id -> !isRepairing(step.state(), id));
        }
        assertTrue(lastRepair > 50 && lastEcho > 50, "the walk led nowhere");
    }

    @Test
    void theWalksLeadEverywhere() {
        var met = new TreeSet<String>();
        for (long seed = 0; seed < 10; seed++) {
            var walk = new RandomWalk(seed);
            RecoveryState state = RecoveryState.initial();
            for (int i = 0; i < STEPS; i++) {
                walk.wait(state);
                Step step = recovery.step(state, walk.next(state), walk.now);
                step.actions().forEach(action -> met.add(action.getClass().getSimpleName()));
                state = step.state();
                state.tunnels()
                        .values()
                        .forEach(tunnel -> met.add(tunnel.standing().kind()
                                + (tunnel.standing() instanceof GivenUp up ? " " + up.verdict() : "")));
            }
        }
        assertEquals(
                Set.of(
                        "AskHostRoute",
                        "AskName",
                        "AskPaths",
                        "AskThroughTunnel",
                        "AskUplink",
                        "EndConnections",
                        "EndControl",
                        "EndNodeConnections",
                        "ForgetNodeFlows",
                        "SteerNode",
                        "UnsteerNode",
                        "KickNode",
                        "PingNode",
                        "ForgetFlows",
                        "SpareConnections",
                        "Steer",
                        "Unsteer",
                        "KeepPort",
                        "NewPort",
                        "MeasureMtu",
                        "Note",
                        "ReadDevice",
                        "Rebind",
                        "Refresh",
                        "RepairOver",
                        "RestartOwner",
                        "RestorePort",
                        "RestoreSourcePorts",
                        "RewriteSourcePorts",
                        "SendEcho",
                        "SetEndpoint",
                        "UnderRepair",
                        "RESTING",
                        "QUIET",
                        "HELD",
                        "REPAIRING",
                        "STRANDED",
                        "GIVEN_UP NEEDS_PERSON",
                        "GIVEN_UP ONLY_OBSERVED",
                        "GIVEN_UP WAITING_FOR_PEER"),
                met);
    }

    private static boolean isRepairing(RecoveryState state, TunnelId id) {
        TunnelState tunnel = state.tunnels().get(id);
        return tunnel != null && tunnel.standing().open();
    }

    private void live(Observation observation, long now) {
        switch (observation) {
            case Observation.DeviceSeen seen -> {
                for (PeerFacts peer : seen.changedPeers()) {
                    var id = new TunnelId(seen.device().name(), peer.key());
                    PeerFacts before = facts.put(id, peer);
                    long sign = peer.handshakeAt();
                    if (before != null && peer.receivedBytes() > before.receivedBytes()) {
                        sign = now;
                    }
                    if (before != null && peer.sentBytes() > before.sentBytes()) {
                        trying.put(id, now);
                    }
                    alive.merge(id, sign, Math::max);
                }
            }
            case Observation.EchoAnswered answer -> alive.put(answer.tunnel(), now);
            case Observation.ThroughAnswered answer -> alive.put(answer.tunnel(), now);
            case Observation.Interrupted interrupted -> {
                written.add(interrupted.device());
                // The incident of the agent before ends with the proof of what it left; what comes next is another one.
                onceInIncident.removeIf(once -> once.endsWith(interrupted.device()));
                interrupted.peers().forEach(peer -> alive.put(new TunnelId(interrupted.device(), peer), now));
            }
            case Observation.NameSeen seen -> named.add(seen.tunnel());
            case Observation.RecoverAsked ask -> {
                if (ask.meant() instanceof Observation.Meant.Named named) {
                    asked.add(named.tunnel());
                }
            }
            default -> {}
        }
    }

    private void check(Action action, RecoveryState before, RecoveryState after, String where) {
        switch (action) {
            case Action.Repair repair -> {
                assertTrue(repair.repair() > lastRepair, where);
                lastRepair = repair.repair();
                if (repair instanceof Action.Unsteer || repair instanceof Action.RestoreSourcePorts) {
                    // What is taken back may be of a device that is gone, or only watched by now.
                    break;
                }
                assertTrue(repair.device().kind() != DeviceKind.OBSERVED, where);
                DeviceState known = after.devices().get(repair.device().name());
                assertNotNull(known, where);
                assertEquals(known.facts().interfaceIndex(), repair.device().interfaceIndex(), where);
                if (repair instanceof Action.Refresh refresh) {
                    refresh.peers()
                            .forEach(peer -> sent(new TunnelId(refresh.device().name(), peer.key()), after, where));
                } else if (repair instanceof Action.Rebind || repair instanceof Action.NewPort) {
                    String once = repair.getClass() + repair.device().name();
                    assertTrue(onceInIncident.add(once), where);
                }
                if (repair instanceof Action.SetEndpoint set) {
                    TunnelState tunnel =
                            after.tunnels().get(new TunnelId(set.device().name(), set.key()));
                    assertNotNull(tunnel, where);
                    assertTrue(tunnel.standing() instanceof Repairing || tunnel.standing() instanceof GivenUp, where);
                    assertEquals(Optional.of(set.from()), tunnel.facts().endpoint(), where);
                    assertTrue(!set.from().equals(set.to()), where);
                }
                if (repair instanceof Action.RewriteSourcePorts) {
                    assertEquals(PortUse.FIXED, repair.device().portUse(), where);
                }
                if (repair instanceof Action.NewPort) {
                    assertEquals(PortUse.FREE, repair.device().portUse(), where);
                }
            }
            case Action.SendEcho echo -> {
                assertTrue(echo.echo() > lastEcho, where);
                lastEcho = echo.echo();
                DeviceState known = after.devices().get(echo.tunnel().device());
                assertNotNull(known, where);
                assertTrue(known.facts().kind() != DeviceKind.OBSERVED, where);
                assertEquals(known.facts().interfaceIndex(), echo.interfaceIndex(), where);
                sent(echo.tunnel(), after, where);
            }
            case Action.ReadDevice read ->
                assertTrue(
                        after.devices().containsKey(read.device())
                                || before.devices().containsKey(read.device()),
                        where);
            case Action.UnderRepair repair -> {
                assertEquals(repair.peers().stream().sorted().distinct().toList(), repair.peers(), where);
                written.add(repair.device().name());
            }
            case Action.RepairOver over -> assertTrue(written.remove(over.device()), where);
            case Action.AskThroughTunnel ask -> {
                assertTrue(ask.echo() > lastEcho, where);
                lastEcho = ask.echo();
                DeviceState known = after.devices().get(ask.tunnel().device());
                assertNotNull(known, where);
                assertTrue(known.facts().kind() != DeviceKind.OBSERVED, where);
                assertEquals(known.facts().interfaceIndex(), ask.interfaceIndex(), where);
                assertTrue(after.tunnels().get(ask.tunnel()).facts().probe().isEmpty(), where);
                sent(ask.tunnel(), after, where);
            }
            case Action.EndConnections gone ->
                assertTrue(
                        after.uplinks().containsKey(gone.uplink())
                                || before.ways().contains(gone.uplink()),
                        where);
            case Action.SpareConnections back -> {}
            case Action.MeasureMtu measure ->
                assertEquals(
                        Optional.of(measure.way()),
                        after.tunnels().get(measure.tunnel()).path(),
                        where);
            case Action.AskName ask -> {
                DeviceState known = after.devices().get(ask.tunnel().device());
                assertNotNull(known, where);
                assertTrue(known.facts().kind() != DeviceKind.OBSERVED, where);
            }
            case Action.AskUplink ask -> assertTrue(after.uplinks().containsKey(ask.uplink()), where);
            case Action.KickNode kick -> {
                NodeState node = after.node().orElseThrow();
                assertEquals(NodeFacts.Condition.RUNNING, node.facts().condition(), where);
                assertTrue(node.facts().settable(), where);
                assertTrue(node.standing().open(), where);
            }
            case Action.PingNode ping -> {
                assertTrue(ping.ping() > lastEcho, where);
                lastEcho = ping.ping();
                assertTrue(!(after.node().orElseThrow().standing() instanceof NodeState.Resting), where);
            }
            case Action.EndNodeConnections gone -> assertTrue(after.node().isPresent(), where);
            case Action.SteerNode steer -> assertTrue(after.node().isPresent(), where);
            case Action.UnsteerNode steer -> {}
            case Action.ForgetNodeFlows forget -> assertTrue(after.node().isPresent(), where);
            case Action.EndControl silent -> assertTrue(after.node().isPresent(), where);
            case Action.AskPaths ask -> {}
            case Action.AskHostRoute ask ->
                assertTrue(after.steersNot().isPresent() && after.tunnels().containsKey(ask.tunnel()), where);
            case Action.Note note -> {
                if (note.kind() == NoteKind.OPENED) {
                    assertEquals(0, openIncident, where);
                    openIncident = note.incident();
                    onceInIncident.clear();
                } else if (note.kind() == NoteKind.CLOSED) {
                    assertEquals(openIncident, note.incident(), where);
                    openIncident = 0;
                } else if (note.kind() != NoteKind.PROVED) {
                    assertEquals(openIncident, note.incident(), where);
                }
            }
        }
    }

    /** A packet goes to this tunnel: it was alive when the damage began, or a person named it, or WireGuard itself tries. */
    private void sent(TunnelId id, RecoveryState after, String where) {
        TunnelState tunnel = after.tunnels().get(id);
        assertNotNull(tunnel, where);
        if (!(tunnel.standing() instanceof Repairing repairing) || asked.contains(id)) {
            return;
        }
        long since = repairing.damage().since();
        boolean wasAlive = since - alive.getOrDefault(id, PeerFacts.NEVER / 2) < 180 * World.SECOND;
        boolean tries = since - trying.getOrDefault(id, PeerFacts.NEVER / 2) < 180 * World.SECOND;
        assertTrue(wasAlive || tries && (!id.peer().equals("e") || named.contains(id)), where + " to one that sleeps");
    }
}
