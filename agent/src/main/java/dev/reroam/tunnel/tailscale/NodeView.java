package dev.reroam.tunnel.tailscale;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A tailscaled, as far as it can be seen. Immutable.
 *
 * @param socket where it listens
 * @param trouble why it cannot be read just now; empty where it can
 * @param status its last word, which is old where there is trouble; empty before the first
 * @param prefs what it is meant to do, as last told; empty before
 * @param warnings what is wrong by its own word, by code (health/warnings.go), each with words for people
 */
public record NodeView(
        Path socket,
        Optional<String> trouble,
        Optional<NodeStatus> status,
        Optional<NodePrefs> prefs,
        Map<String, String> warnings,
        Leave leave) {

    public NodeView {
        warnings = Collections.unmodifiableMap(new TreeMap<>(warnings));
    }

    /** One that was just found. */
    public static NodeView first(Path socket) {
        return new NodeView(socket, Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), Leave.UNKNOWN);
    }

    /** It cannot be read just now. */
    public NodeView with(String why) {
        return new NodeView(socket, Optional.of(why), status, prefs, warnings, leave);
    }

    /** It has said how it is. */
    public NodeView with(NodeStatus next) {
        return new NodeView(socket, Optional.empty(), Optional.of(next), prefs, warnings, leave);
    }

    /** It has said what it is meant to do. */
    public NodeView with(NodePrefs next) {
        return new NodeView(socket, trouble, status, Optional.of(next), warnings, leave);
    }

    /** It has said what is wrong with it. */
    public NodeView with(Map<String, String> next) {
        return new NodeView(socket, Optional.empty(), status, prefs, next, leave);
    }

    /** Whether it may be repaired is known. */
    public NodeView with(Leave next) {
        return new NodeView(socket, trouble, status, prefs, warnings, next);
    }

    /** Whether it lets itself be repaired: ipn/localapi/debug.go. */
    public enum Leave {
        /** Not asked yet, or no clear answer. */
        UNKNOWN,
        /** It does what it is told. */
        GIVEN,
        /** It tells us everything and does nothing for us: we are not root, nor the operator. */
        REFUSED,
        /** It was built without that ({@code ts_omit_debug}). */
        ABSENT
    }
}
