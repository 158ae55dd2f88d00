package dev.reroam.portmap;

import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.portmap.gateway.Wanted;
import java.util.Map;
import java.util.Optional;

/**
 * One port of ours towards one gateway. Immutable; times are monotonic nanoseconds.
 *
 * @param desired false once nobody wants it any more and it is only to be taken back
 * @param mapping what is granted and believed
 * @param trace what may be in the gateway's table; while there is one, no other protocol makes a mapping
 * @param refusedUntil which protocols said no, and until when they are not asked again
 * @param nextAt before this nothing is done for it
 * @param failures unanswered or refused attempts since the last grant
 * @param haste of a lease too short to be kept up
 * @param permission for a permanent mapping
 */
public record Port(
        Wanted wanted,
        boolean desired,
        Optional<Mapping> mapping,
        Optional<Trace> trace,
        Map<Protocol, Long> refusedUntil,
        long nextAt,
        int failures,
        Haste haste,
        Permission permission) {

    public Port {
        refusedUntil = Map.copyOf(refusedUntil);
    }

    /** Whether a mapping that only we can end may be made. */
    public enum Permission {
        /** It was not needed yet. */
        NONE,
        /** The caller is writing it down. */
        ASKED,
        /** It is written down. */
        GIVEN
    }

    /**
     * How a lease too short to be kept up is renewed.
     *
     * @param renewals in a row that were
     * @param floor before this it is not asked for again
     */
    public record Haste(int renewals, long floor) {
        /** Leases are long enough. */
        static final Haste NONE = new Haste(0, Long.MIN_VALUE);
    }

    /**
     * What may be in the gateway's table because of us.
     *
     * @param externalPort granted, or asked for where no answer came
     * @param until when it has run out, as far as is known; {@link Long#MAX_VALUE} for never
     * @param confirmed the gateway said once that it is there
     */
    public record Trace(Protocol protocol, int externalPort, long until, boolean confirmed) {}

    static Port of(Wanted wanted, long now) {
        return new Port(
                wanted, true, Optional.empty(), Optional.empty(), Map.of(), now, 0, Haste.NONE, Permission.NONE);
    }

    /** When the trace of a port that is wanted is no reason any more to keep to its protocol; never for others. */
    long tracedUntil() {
        return desired ? trace.map(Trace::until).orElse(Long.MAX_VALUE) : Long.MAX_VALUE;
    }

    Port withDesired(boolean value, long at) {
        return new Port(wanted, value, mapping, trace, refusedUntil, at, failures, haste, permission);
    }

    Port withTrace(Optional<Trace> value) {
        return new Port(wanted, desired, mapping, value, refusedUntil, nextAt, failures, haste, permission);
    }

    Port withMapping(Optional<Mapping> value) {
        return new Port(wanted, desired, value, trace, refusedUntil, nextAt, failures, haste, permission);
    }

    Port withRefused(Map<Protocol, Long> value) {
        return new Port(wanted, desired, mapping, trace, value, nextAt, failures, haste, permission);
    }

    Port at(long value) {
        return new Port(wanted, desired, mapping, trace, refusedUntil, value, failures, haste, permission);
    }

    Port withFailures(int value) {
        return new Port(wanted, desired, mapping, trace, refusedUntil, nextAt, value, haste, permission);
    }

    Port withHaste(Haste value) {
        return new Port(wanted, desired, mapping, trace, refusedUntil, nextAt, failures, value, permission);
    }

    Port withPermission(Permission value) {
        return new Port(wanted, desired, mapping, trace, refusedUntil, nextAt, failures, haste, value);
    }
}
