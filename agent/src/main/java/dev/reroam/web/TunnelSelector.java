package dev.reroam.web;

import dev.reroam.recovery.TunnelId;
import java.util.Optional;

/**
 * The tunnels that a person means. Immutable; any text is one, though perhaps of nothing.
 *
 * @param text empty for all; a device, {@code wg0}; a device and the start of a peer's key, {@code wg0/AbCd}; or at least
 *     the first eight characters of a key
 */
public record TunnelSelector(Optional<String> text) {

    /** Every tunnel. */
    public static final TunnelSelector ALL = new TunnelSelector(Optional.empty());

    private static final String NODE = "tailscale";

    /** Shorter starts of a key would rather be a misspelt device. */
    private static final int SHORTEST_KEY = 8;

    /** The tunnels that {@code text} names. */
    public static TunnelSelector of(String text) {
        return new TunnelSelector(Optional.of(text));
    }

    /** Whether this tunnel is meant. */
    public boolean matches(TunnelId tunnel) {
        return text.isEmpty() || isDevice(tunnel.device()) || matches(tunnel, text.get());
    }

    /** Whether this device is meant, with all its tunnels: {@code wg0} or {@code wg0/}. */
    public boolean isDevice(String device) {
        return text.filter(t -> t.equals(device) || t.equals(device + "/")).isPresent();
    }

    /** Whether the Tailscale node is meant, with the others or by itself: {@code tailscale}, or {@code tailscale/NAME}. */
    public boolean isNode() {
        return text.isEmpty() || text.get().equals(NODE) || text.get().startsWith(NODE + "/");
    }

    private static boolean matches(TunnelId tunnel, String text) {
        String withDevice = tunnel.device() + "/";
        return (text.startsWith(withDevice) && (withDevice + tunnel.peer()).startsWith(text))
                || (text.length() >= SHORTEST_KEY && tunnel.peer().startsWith(text));
    }
}
