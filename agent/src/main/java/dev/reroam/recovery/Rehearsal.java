package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Observation.EchoAnswered;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.recovery.Observation.RepairEnded;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Observation.TimePassed;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Plays an incident to the brain before there is one, so that the first real one finds its classes loaded and its methods
 * compiled. Pure: the state is thrown away, the actions are performed by nobody.
 */
public final class Rehearsal {

    private static final long MILLI = 1_000_000L;
    private static final TunnelId TUNNEL = new TunnelId("rehearsal", "peer");

    private final Recovery recovery;
    private RecoveryState state = RecoveryState.initial();
    private long now;
    private long actions;

    private Rehearsal(Recovery recovery) {
        this.recovery = recovery;
    }

    /**
     * Plays so many failovers and failbacks. About 0.1 ms each once compiled, tens of milliseconds the first.
     *
     * @return how many actions came of it, so that nothing can be left out as useless
     */
    public static long play(Recovery recovery, int incidents) {
        var rehearsal = new Rehearsal(recovery);
        rehearsal.discover();
        for (int i = 0; i < incidents; i++) {
            rehearsal.failOver(i % 2 == 0 ? 2 : 1, i % 2 == 0 ? 1 : 2);
        }
        return rehearsal.actions;
    }

    private void discover() {
        read(0, 0);
        take(new PathsSeen(List.of(), Set.of(), Set.of(), List.of(new PathAnswer(TUNNEL, way(1)))));
    }

    private void failOver(int to, int from) {
        // Far enough apart that no change is held down.
        pass(60_000);
        read(now, 1_000);
        pass(1_000);
        take(new PathsSeen(List.of("rehearsal"), Set.of(from), Set.of(from), List.of(new PathAnswer(TUNNEL, way(to)))));
        take(new RepairEnded(state.nextRepair() - 1, new RepairOutcome.Done()));
        read(now - 1_000 * MILLI, 1_032);
        pass(20);
        take(new RepairEnded(state.nextRepair() - 1, new RepairOutcome.Done()));
        take(new EchoAnswered(TUNNEL, state.nextEcho() - 1, 10 * MILLI));
        pass(3_000);
    }

    private void read(long handshakeAt, long sent) {
        var facts = new DeviceFacts("rehearsal", 9, DeviceKind.KERNEL, "key", 51_820, 0, PortUse.FIXED);
        var peer = new PeerFacts(
                TUNNEL.peer(),
                Optional.of(new Endpoint(IpAddress.parse("192.0.2.9"), 51_820)),
                25,
                handshakeAt,
                now / MILLI,
                sent,
                Optional.of(IpAddress.parse("10.255.0.1")),
                Optional.empty(),
                Set.of());
        take(new DeviceSeen(facts, List.of(peer), List.of()));
    }

    private void pass(long millis) {
        long until = now + millis * MILLI;
        for (long due = due(); due <= until; due = due()) {
            now = due;
            take(new TimePassed());
        }
        now = until;
    }

    private long due() {
        return recovery.nextDeadline(state).orElse(Attempt.NONE);
    }

    private void take(Observation observation) {
        Step step = recovery.step(state, observation, now);
        state = step.state();
        actions += step.actions().size();
        // Notes are texts, and texts are made by classes, too.
        step.actions().forEach(action -> actions += action.toString().isEmpty() ? 1 : 0);
    }

    private static Path way(int index) {
        return new Path.Via(index, "wan" + index, Optional.empty(), IpAddress.parse("192.0.2." + index));
    }
}
