package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.StunServer;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one server did. Immutable.
 *
 * @param address in the uplink's family; empty where the name has none
 * @param why in words, where it did not answer
 * @param seenAs what it saw us as
 * @param latencyNanos the shortest of the round trips
 * @param samples how many round trips were measured
 */
public record ServerReport(
        StunServer server,
        Optional<Endpoint> address,
        Result result,
        Optional<String> why,
        Optional<Endpoint> seenAs,
        OptionalLong latencyNanos,
        int samples) {

    /** What came of it. */
    public enum Result {
        /** It said what it saw. */
        ANSWERED,
        /** It said something else. */
        REFUSED,
        /** It said nothing. */
        SILENT,
        /** Its name has no address, or nobody could say. */
        UNRESOLVED,
        /** The kernel does not send there by this uplink: it was not asked. */
        OTHER_WAY,
        /** The kernel would not let us ask. */
        NOT_ASKED
    }
}
