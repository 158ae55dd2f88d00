package dev.reroam.portmap.gateway;

import dev.reroam.linux.ip.Endpoint;

/**
 * A mapping as the gateway gave it. Immutable; what it says is not judged yet.
 *
 * @param external where the outside reaches us, as the gateway believes
 * @param lifetimeSeconds how long it lasts from now, at most 2^32 - 1; 0 for ever (UPnP only)
 */
public record Grant(Endpoint external, long lifetimeSeconds) {

    public Grant {
        if (lifetimeSeconds < 0 || lifetimeSeconds > 0xffff_ffffL) {
            throw new IllegalArgumentException("lifetime " + lifetimeSeconds + " s");
        }
        if (external.port() == 0) {
            throw new IllegalArgumentException("external port 0");
        }
    }

    /** Whether only a deletion ends it. */
    public boolean permanent() {
        return lifetimeSeconds == 0;
    }
}
