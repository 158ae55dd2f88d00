package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.Action.PeerRefresh;
import dev.reroam.recovery.DeviceState.PortTrial;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A new listen port on trial: kept when it is proved, given back when it is not. Works on a {@link Draft}. */
final class Ports {

    private Ports() {}

    /** The device leaves its port. */
    static long leave(Draft draft, DeviceState device) {
        long repair = draft.repairNumber();
        draft.act(new Action.NewPort(repair, device.facts()));
        int former =
                device.trial().map(PortTrial::formerPort).orElse(device.facts().listenPort());
        draft.put(device.withTrial(Optional.of(new PortTrial(repair, former, false))));
        return repair;
    }

    /**
     * One of the device's tunnels was proved: nothing may touch the port any more. While ACT has not said that the port is a
     * new one, it is the former one that was proved: ACT will find that nobody wants the change, or it comes too late.
     */
    static void keep(Draft draft, TunnelId id) {
        DeviceState device = draft.device(id.device());
        if (device == null || device.trial().filter(PortTrial::changed).isEmpty()) {
            return;
        }
        draft.put(device.withTrial(Optional.empty()));
        if (draft.observed(device)) {
            // It may no longer be set; the ledger has the former port, for whoever may.
            return;
        }
        int former = device.trial().get().formerPort();
        draft.act(new Action.KeepPort(draft.repairNumber(), device.facts(), former));
        draft.note(NoteKind.STEP, Optional.empty(), id.device() + ": keeps the new port; it was " + former);
    }

    /** Nobody on the device waits for proof any more, and none came. */
    static void restore(Draft draft, DeviceState device) {
        int former = device.trial().orElseThrow().formerPort();
        draft.act(new Action.RestorePort(draft.repairNumber(), device.facts(), former));
        draft.put(device.withTrial(Optional.empty()));
        draft.note(
                NoteKind.STEP,
                Optional.empty(),
                device.facts().name() + ": the new port was not proved; back to " + former);
        List<PeerRefresh> awake = awake(draft, device.facts().name());
        if (!awake.isEmpty()) {
            // What was sent meanwhile taught the far side, and NATs, the port that is left again.
            draft.act(new Action.Refresh(draft.repairNumber(), device.facts(), awake));
        }
    }

    /** ACT says which port is in use. Where a tunnel carries by now, it did so from the former one, which comes back. */
    static void changed(Draft draft, long repair, int port) {
        for (DeviceState device : draft.devices().values()) {
            PortTrial trial = device.trial().orElse(null);
            if (trial != null && trial.repair() == repair) {
                DeviceFacts was = device.facts();
                DeviceState changed = device.withFacts(was.listening(port))
                        .withTrial(Optional.of(new PortTrial(repair, trial.formerPort(), true)));
                draft.put(changed);
                if (carries(draft, was.name())) {
                    draft.opening = was.name() + " has a new port that comes too late";
                    restore(draft, changed);
                }
                return;
            }
        }
    }

    /** Whether a peer of the device shows life and needs no repair. */
    private static boolean carries(Draft draft, String device) {
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            if (all.keyAt(i).device().equals(device)
                    && all.valueAt(i).standing() instanceof Standing.Resting
                    && Affected.active(all.valueAt(i), draft.now, draft.config)) {
                return true;
            }
        }
        return false;
    }

    /** Peers of the device that show life, or did until it was repaired in vain, and are not under repair. */
    private static List<PeerRefresh> awake(Draft draft, String device) {
        var awake = new ArrayList<PeerRefresh>();
        SortedTable<TunnelId, TunnelState> all = draft.tunnels();
        for (int i = 0; i < all.size(); i++) {
            TunnelState tunnel = all.valueAt(i);
            if (all.keyAt(i).device().equals(device)
                    && !(tunnel.standing() instanceof Standing.Repairing)
                    && Affected.active(tunnel, draft.now, draft.config)) {
                PeerFacts facts = tunnel.facts();
                awake.add(new PeerRefresh(facts.key(), facts.endpoint(), facts.keepaliveSeconds()));
            }
        }
        return awake;
    }

    /** The port was never left. */
    static void refused(Draft draft, long repair) {
        for (DeviceState device : draft.devices().values()) {
            if (device.trial()
                    .filter(trial -> trial.repair() == repair && !trial.changed())
                    .isPresent()) {
                draft.put(device.withTrial(Optional.empty()));
                return;
            }
        }
    }
}
