package dev.reroam.portmap.natpmp;

import dev.reroam.portmap.gateway.Transport;

/** What we ask (RFC 6886 sections 3.2 and 3.3). */
public sealed interface NatPmpRequest {

    /** Opcode 0: which address do you have outside? */
    record ExternalAddress() implements NatPmpRequest {}

    /**
     * Opcode 1 or 2: map this port.
     *
     * @param suggestedPort 0 to delete
     * @param lifetimeSeconds 0 to delete
     */
    record Map(Transport transport, int internalPort, int suggestedPort, long lifetimeSeconds)
            implements NatPmpRequest {
        public Map {
            if ((internalPort & ~0xffff) != 0
                    || (suggestedPort & ~0xffff) != 0
                    || lifetimeSeconds < 0
                    || lifetimeSeconds > 0xffff_ffffL) {
                throw new IllegalArgumentException(
                        internalPort + " to " + suggestedPort + " for " + lifetimeSeconds + " s");
            }
        }
    }
}
