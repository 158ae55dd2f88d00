package dev.reroam.recovery;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.uplink.Uplink;
import java.util.List;

/**
 * A tunnel that a rule of ours sends over another uplink. Immutable.
 *
 * @param endpoint that the rule names
 * @param from the way that it left
 * @param to the way that it takes
 * @param tried all ways that were tried since it left, this one the last
 * @param since monotonic nanoseconds
 * @param byLink it left because the interface died
 * @param seen the kernel has named the new way since
 * @param leaving it is taken back, and the kernel has not named another way yet
 */
public record Steered(
        Endpoint endpoint,
        Path.Via from,
        Uplink to,
        List<Uplink> tried,
        long since,
        boolean byLink,
        boolean seen,
        boolean leaving) {

    public Steered {
        tried = List.copyOf(tried);
    }

    boolean leads(Path.Via via) {
        return to.carries(via.interfaceIndex(), via.gateway(), via.source());
    }

    Steered nowSeen() {
        return new Steered(endpoint, from, to, tried, since, byLink, true, leaving);
    }

    Steered nowLeaving() {
        return new Steered(endpoint, from, to, tried, since, byLink, seen, true);
    }
}
