package dev.reroam.tests.simulation;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Evidence;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.RecoveryState;
import dev.reroam.recovery.Rung;
import dev.reroam.recovery.Step;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * No rung above refresh is begun twice for a device in one incident; one that is not to be repeated across a crash, not in the
 * incident that a killed agent left open either, until a tunnel of that is proved. One thread's.
 */
final class OnceAnIncident implements Watcher {

    private final Court court;
    private final Map<String, Set<Rung>> begun = new HashMap<>();
    private final Map<String, Set<Rung>> inherited = new HashMap<>();

    OnceAnIncident(Court court) {
        this.court = court;
    }

    @Override
    public void onStart() {
        inherited.clear();
        begun.forEach((device, rungs) -> {
            // What leaves everything as it was may be done again.
            if (rungs.contains(Rung.NEW_PORT)) {
                inherited.put(device, EnumSet.of(Rung.NEW_PORT));
            }
        });
        begun.clear();
    }

    @Override
    public void onStep(RecoveryState before, Observation observation, long now, Step step) {
        if (observation instanceof Observation.Interrupted interrupted && inherited.containsKey(interrupted.device())) {
            rungs(interrupted.device()).addAll(inherited.getOrDefault(interrupted.device(), Set.of()));
        }
        for (Action action : step.actions()) {
            switch (action) {
                case Action.Rebind rebind -> begin(rebind.device().name(), Rung.REBIND);
                case Action.NewPort newPort -> begin(newPort.device().name(), Rung.NEW_PORT);
                case Action.Note note -> {
                    if (note.kind() == Action.NoteKind.CLOSED) {
                        begun.clear();
                    } else if (note.kind() == Action.NoteKind.PROVED) {
                        note.tunnel()
                                .filter(id -> wasInterrupted(before, id))
                                .ifPresent(id -> begun.remove(id.device()));
                    }
                }
                case Action.ForgetFlows forget -> begin(forget.device().name(), Rung.CONNTRACK);
                case Action.RewriteSourcePorts rewrite -> begin(rewrite.device().name(), Rung.SOURCE_PORT);
                case Action.RestoreSourcePorts restore -> {}
                case Action.RestartOwner restart -> begin(restart.device().name(), Rung.RESTART_OWNER);
                // To each uplink once, and there may be several.
                case Action.Steer steer -> {}
                case Action.Unsteer unsteer -> {}
                case Action.Refresh refresh -> {}
                case Action.RestorePort restore -> {}
                case Action.KeepPort keep -> {}
                // Each address of a name once.
                case Action.SetEndpoint set -> {}
                case Action.AskName ask -> {}
                case Action.MeasureMtu measure -> {}
                case Action.SetMtu set -> {}
                case Action.SendEcho echo -> {}
                case Action.AskThroughTunnel ask -> {}
                case Action.AskUplink ask -> {}
                case Action.KickNode kick -> {}
                case Action.PingNode ping -> {}
                case Action.EndNodeConnections ended -> {}
                case Action.EndControl ended -> {}
                case Action.SteerNode asked -> {}
                case Action.UnsteerNode asked -> {}
                case Action.ForgetNodeFlows asked -> {}
                case Action.EndConnections ended -> {}
                case Action.SpareConnections spared -> {}
                case Action.ReadDevice read -> {}
                case Action.AskPaths ask -> {}
                case Action.AskHostRoute ask -> {}
                case Action.UnderRepair under -> {}
                case Action.RepairOver over -> {}
            }
        }
    }

    private static boolean wasInterrupted(RecoveryState before, dev.reroam.recovery.TunnelId id) {
        var tunnel = before.tunnels().get(id);
        return tunnel != null
                && tunnel.standing()
                        .damaged()
                        .filter(damage -> damage.evidence() == Evidence.INTERRUPTED)
                        .isPresent();
    }

    private void begin(String device, Rung rung) {
        if (!rungs(device).add(rung)) {
            court.violation("once", rung + " of " + device + " is begun twice in one incident");
        }
    }

    private Set<Rung> rungs(String device) {
        return begun.computeIfAbsent(device, name -> EnumSet.noneOf(Rung.class));
    }
}
