package dev.reroam.recovery;

import dev.reroam.recovery.Standing.GivenUp;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Tunnels whose packets leave from another port, where the device's own is fixed and a NAT in front may hold on to a dead entry
 * for it. It stays so while the tunnel carries that way: the entry may be there still. Works on a {@link Draft}.
 */
final class SourcePorts {

    private SourcePorts() {}

    /** Begins; the number of the repair. */
    static long rewrite(Draft draft, DeviceState device, List<Action.PeerFlow> flows) {
        long repair = draft.repairNumber();
        draft.act(new Action.RewriteSourcePorts(repair, device.facts(), flows));
        flows.forEach(flow ->
                draft.put(new TunnelId(device.facts().name(), flow.key()), new Rewritten(device.facts(), flow)));
        return repair;
    }

    /** Takes it back for those that were given up, or whose packets are others by now. */
    static void due(Draft draft) {
        if (draft.rewritten().isEmpty()) {
            return;
        }
        var over = new LinkedHashMap<DeviceFacts, List<Action.PeerFlow>>();
        draft.rewritten().forEach((id, rewritten) -> {
            if (!stands(draft, id, rewritten)) {
                draft.unrewritten(id);
                over.computeIfAbsent(rewritten.device(), facts -> new ArrayList<>())
                        .add(rewritten.packets());
            }
        });
        over.forEach((device, flows) -> draft.act(new Action.RestoreSourcePorts(draft.repairNumber(), device, flows)));
    }

    private static boolean stands(Draft draft, TunnelId id, Rewritten rewritten) {
        TunnelState tunnel = draft.tunnel(id);
        DeviceState device = draft.device(id.device());
        return tunnel != null
                && device != null
                && device.facts().interfaceIndex() == rewritten.device().interfaceIndex()
                && device.facts().listenPort() == rewritten.device().listenPort()
                && tunnel.facts()
                        .endpoint()
                        .equals(Optional.of(rewritten.packets().endpoint()))
                && tunnel.path().equals(Optional.of(rewritten.packets().way()))
                && !(tunnel.standing() instanceof GivenUp);
    }
}
