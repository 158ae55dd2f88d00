package dev.reroam;

import dev.reroam.config.Mode;
import dev.reroam.recovery.Asking;
import dev.reroam.recovery.Observation;
import dev.reroam.recovery.Observation.Meant;
import dev.reroam.recovery.RecoveryConfig;
import dev.reroam.recovery.TunnelId;
import dev.reroam.web.Api.Recovering;
import dev.reroam.web.TunnelSelector;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A person's wish for recovery, told to the brain as one. Confined to the agent's loop. */
record RecoveryWishes(Mode mode, RecoveryConfig config, RecoveryLoop loop) {

    /** More tunnels than this are not listed to one who has to choose. */
    private static final int MOST_NAMED = 5;

    /** Begins; a tunnel that sleeps is woken only where it is named by its key, and no other is. */
    Recovering take(TunnelSelector tunnels) {
        if (mode == Mode.OBSERVE) {
            return new Recovering.Refused("mode is \"observe\": nothing is changed");
        }
        var state = loop.state();
        var matching =
                state.tunnels().keySet().stream().filter(tunnels::matches).toList();
        boolean node = state.node().isPresent() && tunnels.isNode();
        if (matching.isEmpty() && !node) {
            return new Recovering.NoSuchTunnel();
        }
        Meant meant;
        if (tunnels.text().isEmpty()) {
            meant = new Meant.Everything();
        } else if (node) {
            meant = new Meant.Node();
        } else if (matching.stream().anyMatch(id -> tunnels.isDevice(id.device()))) {
            meant = new Meant.OfDevice(matching.getFirst().device());
        } else if (matching.size() == 1) {
            meant = new Meant.Named(matching.getFirst());
        } else {
            return new Recovering.Refused(
                    "'" + tunnels.text().get() + "' begins " + matching.size() + " keys: " + some(matching));
        }
        var reached = Stream.concat(
                        Asking.reaches(state, meant, loop.now(), config).stream()
                                .map(TunnelId::toString),
                        Asking.reachesNode(state, meant).stream())
                .toList();
        if (meant instanceof Meant.Node && reached.isEmpty()) {
            return new Recovering.Refused("the Tailscale node may not be told anything; 'reroam status' says why");
        }
        loop.observe(new Observation.RecoverAsked(meant));
        return new Recovering.Started(reached);
    }

    private static String some(List<TunnelId> tunnels) {
        return tunnels.stream().limit(MOST_NAMED).map(TunnelId::toString).collect(Collectors.joining(", "))
                + (tunnels.size() > MOST_NAMED ? ", ..." : "");
    }
}
