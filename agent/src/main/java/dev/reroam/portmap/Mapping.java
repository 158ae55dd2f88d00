package dev.reroam.portmap;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.portmap.gateway.AddressKind;
import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Wanted;
import java.util.concurrent.TimeUnit;

/**
 * A way in that the gateway has granted. Immutable; times are monotonic nanoseconds.
 *
 * @param source the protocol that it was asked in
 * @param external where the outside reaches us, as the gateway says
 * @param since when it was first granted with this external endpoint
 * @param confirmedAt when the gateway last granted it
 * @param leaseSeconds from then on; 0 for ever
 */
public record Mapping(
        Wanted wanted, Protocol source, Endpoint external, long since, long confirmedAt, long leaseSeconds) {

    /** Whether the external address can be reached from everywhere; else another NAT lies beyond the gateway. */
    public AddressKind kind() {
        return AddressKind.of(external.address());
    }

    /** When it runs out unless renewed; {@link Long#MAX_VALUE} for never. */
    public long expiresAt() {
        return leaseSeconds == 0 ? Long.MAX_VALUE : confirmedAt + TimeUnit.SECONDS.toNanos(leaseSeconds);
    }
}
