package dev.reroam.journal;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.libc.Clock;
import dev.reroam.recovery.Action;
import dev.reroam.recovery.DeviceFacts;
import dev.reroam.recovery.DeviceFacts.DeviceKind;
import dev.reroam.recovery.DeviceFacts.PortUse;
import dev.reroam.recovery.Ladder;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.DeviceSeen;
import dev.reroam.recovery.Observation.PathAnswer;
import dev.reroam.recovery.Observation.PathsSeen;
import dev.reroam.recovery.Observation.RepairEnded;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.recovery.Path;
import dev.reroam.recovery.PeerFacts;
import dev.reroam.recovery.Recovery;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Step;
import dev.reroam.recovery.TunnelId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** The brain that ships, turned by hand, with a recorder listening: one device, some peers, echoes that come back. */
final class Turning {

    static final long MS = 1_000_000L;
    static final RecoveryConfig CONFIG = RecoveryConfig.standard(false);

    final Lanes lanes = new Lanes();
    final List<TunnelId> tunnels = new ArrayList<>();
    final JournalRecorder recorder;
    /** Whether echoes sent from now on are answered. */
    boolean answering = true;

    long now = 1_000_000 * MS;
    private final Recovery recovery = new Recovery(Ladder.standard(), CONFIG);
    private final List<Observation> due = new ArrayList<>();
    private final DeviceFacts device =
            new DeviceFacts("wg0", 7, DeviceKind.KERNEL, "device key", 40_000, 0, PortUse.FIXED);
    private final int awake;
    private RecoveryState state;

    Turning(IncidentFiles files, int peers) throws java.io.IOException {
        this(files, peers, peers);
    }

    /**
     * Some peers.
     *
     * @param awake how many of them ever shook hands
     */
    Turning(IncidentFiles files, int peers, int awake) throws java.io.IOException {
        this.awake = awake;
        state = RecoveryState.initial(files.next());
        recorder = new JournalRecorder("0.1.0", CONFIG, new WallClock(), files, lanes::slowLane, lanes.loop::add);
        var random = new Random(peers);
        byte[] key = new byte[32];
        for (int i = 0; i < peers; i++) {
            random.nextBytes(key);
            tunnels.add(new TunnelId("wg0", java.util.Base64.getEncoder().encodeToString(key)));
        }
        read(0);
        paths(via(1), Set.of());
        pass(60_000);
        read(1000);
    }

    static final class WallClock implements Clock {
        @Override
        public long monotonicNanos() {
            throw new AssertionError("the brain's clock is handed over");
        }

        @Override
        public long realtimeNanos() {
            return 1_782_900_000_123L * MS;
        }
    }

    /** The uplink changes, the repair goes out, and the echoes come back. */
    void failover(int uplink) {
        paths(via(uplink), Set.of(3 - uplink));
        pass(20_000);
    }

    void paths(Path way, Set<Integer> disturbed) {
        take(new PathsSeen(
                List.of("default route " + way),
                disturbed,
                Set.of(),
                tunnels.stream().map(tunnel -> new PathAnswer(tunnel, way)).toList()));
    }

    static Path via(int uplink) {
        return new Path.Via(
                uplink,
                "wan" + uplink,
                Optional.of(IpAddress.parse("192.0.2." + uplink)),
                IpAddress.parse("192.0.2.10" + uplink));
    }

    void read(long bytes) {
        var peers = new ArrayList<PeerFacts>();
        for (TunnelId tunnel : tunnels) {
            boolean alive = peers.size() < awake;
            peers.add(new PeerFacts(
                    tunnel.peer(),
                    Optional.of(new Endpoint(IpAddress.parse("198.51.100.1"), 51820)),
                    25,
                    alive ? now - 30_000 * MS : PeerFacts.NEVER,
                    alive ? bytes + now % 100_000 : 0,
                    alive ? bytes + now % 99_000 : 148,
                    Optional.of(IpAddress.parse("10.0.0.2")),
                    Optional.empty(),
                    Set.of()));
        }
        take(new DeviceSeen(device, peers, List.of()));
    }

    /** Time goes by in steps of a millisecond, and whatever is due happens. */
    void pass(int millis) {
        for (int i = 0; i < millis; i++) {
            now += MS;
            List.copyOf(due).forEach(observation -> {
                due.remove(observation);
                take(observation);
            });
            if (recovery.nextDeadline(state).orElse(Long.MAX_VALUE) <= now) {
                take(new Observation.TimePassed());
            }
        }
    }

    void take(Observation observation) {
        var before = state;
        Step step = recovery.step(before, observation, now);
        state = step.state();
        for (Action action : step.actions()) {
            switch (action) {
                case Action.Repair repair -> due.add(new RepairEnded(repair.repair(), new RepairOutcome.Done()));
                case Action.SendEcho echo -> {
                    if (answering) {
                        due.add(new Observation.EchoAnswered(echo.tunnel(), echo.echo(), MS));
                    }
                }
                case Action.ReadDevice read -> {}
                case Action.UnderRepair repair -> {}
                case Action.RepairOver over -> {}
                case Action.AskThroughTunnel ask -> {}
                case Action.AskUplink ask -> {}
                case Action.KickNode kick -> {}
                case Action.PingNode ping -> {}
                case Action.EndNodeConnections gone -> {}
                case Action.EndControl silent -> {}
                case Action.ForgetNodeFlows forget -> {}
                case Action.SteerNode steer -> {}
                case Action.UnsteerNode steer -> {}
                case Action.AskName ask -> {}
                case Action.MeasureMtu measure -> {}
                case Action.EndConnections gone -> {}
                case Action.SpareConnections back -> {}
                case Action.AskPaths ask -> {}
                case Action.AskHostRoute ask -> {}
                case Action.Note note -> {}
            }
        }
        recorder.onStep(before, observation, now, step);
    }
}
