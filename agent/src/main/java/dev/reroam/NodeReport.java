package dev.reroam;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.recovery.NodeFacts;
import dev.reroam.recovery.NodeFacts.Condition;
import dev.reroam.recovery.NodeState;
import dev.reroam.tunnel.tailscale.NodeStatus;
import dev.reroam.tunnel.tailscale.NodeView;
import dev.reroam.web.StatusReport;
import dev.reroam.web.StatusReport.TunnelState;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;

/** A Tailscale node as people are told of it, in the words that they know from tunnels. Stateless. */
final class NodeReport {

    /**
     * health/warnings.go: what says that the node does not reach what it should. Not {@code tls-connection-failed}, which a real
     * node that carried said of its log server.
     */
    private static final Set<String> UNWELL = Set.of(
            "network-status",
            "no-derp-home",
            "no-derp-connection",
            "derp-timed-out",
            "no-udp4-bind",
            "not-in-map-poll",
            "mapresponse-timeout");

    /** Those of them that say so of its control server. */
    private static final Set<String> UNHEARD = Set.of("not-in-map-poll", "mapresponse-timeout");

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
     * @param said how it is by its own words
     * @param state what the brain thinks of it
     * @param since since when it says so, of the monotonic clock
     * @param wallMillis the wall clock at a moment of that one
     */
    static StatusReport.Node of(
            NodeView view, Said said, Optional<NodeState> state, long since, LongUnaryOperator wallMillis) {
        Optional<NodeStatus> status = view.status();
        Optional<NodeStatus.Self> self = status.flatMap(NodeStatus::self);
        List<NodeStatus.Peer> active = status.map(NodeStatus::active).orElse(List.of());
        var word = new Word(said, since);
        if (said.state() != TunnelState.NEEDS_A_PERSON && said.state() != TunnelState.DISABLED) {
            word = state.map(NodeState::standing).flatMap(NodeReport::broken).orElse(word);
        }
        return new StatusReport.Node(
                "tailscale"
                        + self.map(NodeStatus.Self::name)
                                .filter(name -> !name.isEmpty())
                                .map(name -> "/" + name)
                                .orElse(""),
                word.said().state(),
                wallMillis.applyAsLong(word.since()),
                word.said().why(),
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

    private record Word(Said said, long since) {}

    /** What the brain knows better than tailscaled itself. */
    private static Optional<Word> broken(NodeState.Standing standing) {
        return switch (standing) {
            case NodeState.Resting resting -> Optional.empty();
            case NodeState.Repairing repairing ->
                Optional.of(new Word(Said.of(TunnelState.RECOVERING, repairing.what()), repairing.since()));
            case NodeState.GivenUp up ->
                Optional.of(new Word(Said.of(TunnelState.NEEDS_A_PERSON, up.why()), up.since()));
        };
    }

    /** What the brain is told. */
    static NodeFacts facts(NodeView view, NodeFacts.Marks marks, Predicate<IpAddress> isOurs) {
        Optional<NodeStatus> status = view.status();
        return new NodeFacts(
                status.flatMap(NodeStatus::self).map(NodeStatus.Self::name).orElse(""),
                view.trouble().isPresent()
                        ? Condition.UNCLEAR
                        : status.map(NodeReport::condition).orElse(Condition.UNCLEAR),
                view.leave() == NodeView.Leave.GIVEN || view.leave() == NodeView.Leave.UNKNOWN,
                polls(view),
                port(status, isOurs),
                marks,
                status.map(NodeStatus::active).orElse(List.of()).stream()
                        .filter(peer -> !peer.addresses().isEmpty())
                        .limit(NodeFacts.MOST_ACTIVE)
                        .map(peer -> new NodeFacts.Peer(
                                peer.name(),
                                peer.addresses().getFirst(),
                                peer.direct().isPresent()))
                        .toList());
    }

    /** That of its own endpoints which are this box's: behind a NAT the world may see another one. */
    private static int port(Optional<NodeStatus> status, Predicate<IpAddress> isOurs) {
        return status.flatMap(NodeStatus::self).map(NodeStatus.Self::endpoints).orElse(List.of()).stream()
                .filter(endpoint -> isOurs.test(endpoint.address()))
                .map(Endpoint::port)
                .findFirst()
                .orElse(0);
    }

    /** Whether its control server is there, by its own word. */
    static boolean polls(NodeView view) {
        return Collections.disjoint(view.warnings().keySet(), UNHEARD);
    }

    private static Condition condition(NodeStatus status) {
        if (status.self().filter(NodeStatus.Self::keyExpired).isPresent()) {
            return Condition.PERSONS;
        }
        return switch (status.state()) {
            case RUNNING -> Condition.RUNNING;
            case NO_STATE, STARTING, OTHER -> Condition.UNCLEAR;
            case NEEDS_LOGIN, NEEDS_MACHINE_AUTH, IN_USE_OTHER_USER, STOPPED -> Condition.PERSONS;
        };
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
