package dev.reroam.recovery;

import dev.reroam.recovery.Action.NoteKind;
import dev.reroam.recovery.DeviceState.PortTrial;
import java.util.Optional;

/** A new listen port on trial: kept when it is proved, given back when it is not. Works on a {@link Draft}. */
final class Ports {

    private Ports() {}

    /** The device leaves its port. */
    static long leave(Draft draft, DeviceState device) {
        long repair = draft.repairNumber();
        draft.act(new Action.NewPort(repair, device.facts()));
        PortTrial trial =
                device.trial().orElse(new PortTrial(repair, device.facts().listenPort(), false));
        draft.put(device.withTrial(Optional.of(trial)));
        return repair;
    }

    /** One of the device's tunnels was proved: nothing may touch the port any more. */
    static void keep(Draft draft, TunnelId id) {
        DeviceState device = draft.device(id.device());
        if (device == null || device.trial().isEmpty()) {
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
    }

    /** ACT says which port is in use. */
    static void changed(Draft draft, long repair, int port) {
        for (DeviceState device : draft.devices().values()) {
            PortTrial trial = device.trial().orElse(null);
            if (trial != null && trial.repair() == repair) {
                DeviceFacts was = device.facts();
                var facts = new DeviceFacts(
                        was.name(), was.interfaceIndex(), was.kind(), was.publicKey(), port, was.mark(), was.portUse());
                draft.put(device.withFacts(facts)
                        .withTrial(Optional.of(new PortTrial(repair, trial.formerPort(), true))));
                return;
            }
        }
    }

    /** The port was never left. */
    static void refused(Draft draft, long repair) {
        for (DeviceState device : draft.devices().values()) {
            if (device.trial().filter(trial -> trial.repair() == repair).isPresent()) {
                draft.put(device.withTrial(Optional.empty()));
                return;
            }
        }
    }
}
