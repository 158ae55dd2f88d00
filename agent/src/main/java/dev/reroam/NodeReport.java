package dev.reroam;

import dev.reroam.tunnel.tailscale.NodeStatus;
import dev.reroam.tunnel.tailscale.NodeView;
import dev.reroam.web.StatusReport;
import dev.reroam.web.StatusReport.TunnelState;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A Tailscale node as people are told of it, in the words that they know from tunnels. Stateless. */
final class NodeReport {

    /** health/warnings.go: what says that the node does not reach what it should. */
    private static final Set<String> UNWELL = Set.of(
            "network-status",
            "no-derp-home",
            "no-derp-connection",
            "derp-timed-out",
            "no-udp4-bind",
            "not-in-map-poll",
            "mapresponse-timeout",
            "tls-connection-failed");

    private static final String LOGIN = "login-state";

    private NodeReport() {}

    /** A word, and why. */
    record Said(TunnelState state, Optional<String> why) {
        private static Said of(TunnelState state, String why) {
            return new Said(state, Optional.of(why));
        }
    }

    /**
     * The report.
     *
     * @param sinceMillis since when {@link #of(NodeView)} says the same
     */
    static StatusReport.Node of(NodeView view, Said said, long sinceMillis) {
        Optional<NodeStatus> status = view.status();
        Optional<NodeStatus.Self> self = status.flatMap(NodeStatus::self);
        List<NodeStatus.Peer> active = status.map(NodeStatus::active).orElse(List.of());
        return new StatusReport.Node(
                "tailscale"
                        + self.map(NodeStatus.Self::name)
                                .filter(name -> !name.isEmpty())
                                .map(name -> "/" + name)
                                .orElse(""),
                said.state(),
                sinceMillis,
                said.why(),
                status.map(NodeStatus::version).filter(version -> !version.isEmpty()),
                status.map(one -> one.state().word()),
                self.map(NodeStatus.Self::relay).filter(relay -> !relay.isEmpty()),
                status.map(one -> one.peers().size() + one.peersLeftOut()).orElse(0),
                active.size(),
                (int) active.stream().filter(peer -> peer.direct().isPresent()).count(),
                List.copyOf(view.warnings().keySet()),
                view.socket().toString(),
                view.leave().name().toLowerCase(Locale.ROOT));
    }

    /** How it is, and what it would take. */
    static Said of(NodeView view) {
        if (view.trouble().isPresent()) {
            return new Said(TunnelState.CANNOT_BE_READ, view.trouble());
        }
        return view.status()
                .map(status -> of(view, status))
                .orElse(Said.of(TunnelState.CANNOT_BE_READ, "it has not answered yet"));
    }

    private static Said of(NodeView view, NodeStatus status) {
        if (status.self().filter(NodeStatus.Self::keyExpired).isPresent()) {
            return Said.of(
                    TunnelState.NEEDS_A_PERSON,
                    "its key has expired; 'tailscale up --force-reauth' logs it in anew, nothing else helps");
        }
        return switch (status.state()) {
            case NEEDS_LOGIN -> Said.of(TunnelState.NEEDS_A_PERSON, loggedOut(view));
            case NEEDS_MACHINE_AUTH ->
                Said.of(
                        TunnelState.NEEDS_A_PERSON,
                        "an administrator of the network must approve this machine in the admin console");
            case IN_USE_OTHER_USER ->
                Said.of(TunnelState.NEEDS_A_PERSON, "another user of this machine is logged in to it");
            case STOPPED ->
                Said.of(TunnelState.DISABLED, "it was stopped by 'tailscale down'; 'tailscale up' starts it");
            case NO_STATE, STARTING -> Said.of(TunnelState.RECOVERING, "it is starting");
            case OTHER -> Said.of(TunnelState.OBSERVED, "it is in a state that this program does not know");
            case RUNNING -> running(view, status);
        };
    }

    private static String loggedOut(NodeView view) {
        String words = view.warnings().getOrDefault(LOGIN, "");
        return (words.isEmpty() ? "it is logged out" : "it says: " + words)
                + (words.contains("invalid key")
                        ? "; the key that it was started with is used up or deleted: 'tailscale up --force-reauth' with"
                                + " another one, and take the old one out of its settings"
                        : "; 'tailscale up' logs it in, nothing else helps");
    }

    private static Said running(NodeView view, NodeStatus status) {
        Optional<String> unwell = view.warnings().entrySet().stream()
                .filter(warning -> UNWELL.contains(warning.getKey()))
                .map(warning -> warning.getKey() + (warning.getValue().isEmpty() ? "" : ": " + warning.getValue()))
                .findFirst();
        if (unwell.isPresent()) {
            return new Said(TunnelState.OBSERVED, unwell);
        }
        var state = status.active().isEmpty() ? TunnelState.ASLEEP : TunnelState.CARRYING;
        return new Said(state, watchedOnly(view));
    }

    /** What would let it be repaired. */
    private static Optional<String> watchedOnly(NodeView view) {
        return switch (view.leave()) {
            case UNKNOWN, GIVEN -> Optional.empty();
            case ABSENT -> Optional.of("this tailscaled was built without what a repair needs");
            case REFUSED ->
                Optional.of("watched only; run as root: tailscale set --operator="
                        + ProcessHandle.current().info().user().orElse("USER"));
        };
    }
}
