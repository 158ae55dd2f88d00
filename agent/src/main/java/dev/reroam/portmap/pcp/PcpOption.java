package dev.reroam.portmap.pcp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Octets;

/** An option behind a message's data (RFC 6887 sections 7.3 and 13). */
public sealed interface PcpOption {

    /** Option 1 (section 13.1): the mapping is somebody else's. */
    record ThirdParty(IpAddress internal) implements PcpOption {}

    /** Option 2 (section 13.2): this external port or none. */
    record PreferFailure() implements PcpOption {}

    /**
     * Option 3 (section 13.3): from this remote only.
     *
     * @param prefixLength of the address as 128 bits, 0 to 128
     * @param remotePort 0 for all
     */
    record Filter(int prefixLength, int remotePort, IpAddress remote) implements PcpOption {
        public Filter {
            if (prefixLength < 0 || prefixLength > 128 || (remotePort & ~0xffff) != 0) {
                throw new IllegalArgumentException("/" + prefixLength + " port " + remotePort);
            }
        }
    }

    /**
     * Any other.
     *
     * @param code 128 and above may be skipped by whoever does not know it
     */
    record Unknown(int code, Octets data) implements PcpOption {
        public Unknown {
            if (code < 0 || code > 0xff || (code >= 1 && code <= 3)) {
                throw new IllegalArgumentException("option " + code);
            }
        }
    }
}
