package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import java.util.Map;
import java.util.Optional;

/**
 * What the NAT in front of an uplink does, in the words of RFC 4787. Immutable.
 *
 * <p>A finding is only what answers prove; what silence alone would say is {@code UNKNOWN}.
 *
 * @param mapped what servers saw of the first of our ports, by server; empty when no server answered
 * @param translated whether that is another address or port than our own
 * @param twoAddressServer the server whose two addresses the tests used; empty when there was none
 */
public record NatBehaviour(
        Map<Endpoint, Endpoint> mapped,
        Finding translated,
        Mapping mapping,
        Filtering filtering,
        Finding hairpin,
        Finding portPreserved,
        Optional<Endpoint> twoAddressServer) {

    public NatBehaviour {
        mapped = Map.copyOf(mapped);
    }

    /** Yes, no, or nobody can tell. */
    public enum Finding {
        UNKNOWN,
        YES,
        NO;

        static Finding of(boolean yes) {
            return yes ? YES : NO;
        }
    }

    /** How external ports are given to packets of one internal port (RFC 4787 section 4.1). */
    public enum Mapping {
        UNKNOWN,
        /** The same for all destinations. */
        ENDPOINT_INDEPENDENT,
        /** One for each destination address. */
        ADDRESS_DEPENDENT,
        /** One for each destination address and port. */
        ADDRESS_AND_PORT_DEPENDENT,
        /** Not the same for all destinations; whether their ports count was not found out. */
        DEPENDENT
    }

    /** Which packets are let in to an internal port that has sent (RFC 4787 section 5). */
    public enum Filtering {
        UNKNOWN,
        /** Any. */
        ENDPOINT_INDEPENDENT,
        /** Those from addresses that it has sent to. */
        ADDRESS_DEPENDENT,
        /** Those from addresses and ports that it has sent to. */
        ADDRESS_AND_PORT_DEPENDENT
    }
}
