package dev.reroam.tunnel.tailscale;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One line of {@code GET /localapi/v0/watch-ipn-bus}: ipn/backend.go {@code Notify}. Immutable; what is empty did not change.
 *
 * @param prefs its preferences are others; they are not read from here
 * @param warnings all that is wrong now, by its code (health/warnings.go), each with its words for people
 */
public record Notice(Optional<BackendState> state, boolean prefs, Optional<Map<String, String>> warnings) {
    public Notice {
        warnings = warnings.map(all -> Collections.unmodifiableMap(new TreeMap<>(all)));
    }
}
