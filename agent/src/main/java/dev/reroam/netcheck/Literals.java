package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;

/** Hosts that are addresses and need nobody to resolve them. */
final class Literals {

    private Literals() {}

    /** The address; empty for a name. */
    static Optional<IpAddress> of(String host) {
        // Nearly all are names, and are looked at after every answer: no exception for those.
        if (host.indexOf(':') < 0 && !host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))) {
            return Optional.empty();
        }
        try {
            return Optional.of(IpAddress.parse(host));
        } catch (IllegalArgumentException e) {
            // A name, or nonsense; that it resolves to nothing will be found out by asking.
            return Optional.empty();
        }
    }
}
