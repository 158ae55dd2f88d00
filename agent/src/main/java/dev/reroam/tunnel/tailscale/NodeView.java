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
 * @param warnings what is wrong by its own word, by code (health/warnings.go), each with words for people
 */
public record NodeView(
        Path socket, Optional<String> trouble, Optional<NodeStatus> status, Map<String, String> warnings, Leave leave) {

    public NodeView {
        warnings = Collections.unmodifiableMap(new TreeMap<>(warnings));
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
