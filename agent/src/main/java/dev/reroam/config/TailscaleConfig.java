package dev.reroam.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether tailscaled is looked after, and where it listens. Immutable.
 *
 * @param socket absolute; empty: one of the usual places
 */
public record TailscaleConfig(boolean enabled, Optional<Path> socket) {

    /** Where nothing is configured. */
    public static final TailscaleConfig DEFAULT = new TailscaleConfig(true, Optional.empty());

    public TailscaleConfig {
        if (socket.isPresent() && !socket.get().isAbsolute()) {
            throw new IllegalArgumentException("the socket '" + socket.get() + "' is not absolute");
        }
    }
}
