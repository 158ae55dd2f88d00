package dev.reroam.portmap.natpmp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.portmap.gateway.Transport;

/** What a gateway answers or announces (RFC 6886 sections 3.2, 3.3, 3.5). */
public sealed interface NatPmpResponse {

    /**
     * The gateway's outer address; answered, or announced to 224.0.0.1.
     *
     * @param epochSeconds since the gateway's table was empty
     */
    record ExternalAddress(long epochSeconds, IpAddress address) implements NatPmpResponse {
        public ExternalAddress {
            requireWord(epochSeconds);
            if (address.family() != IpFamily.V4) {
                throw new IllegalArgumentException("NAT-PMP knows no " + address);
            }
        }
    }

    /**
     * A mapping made, renewed or (lifetime 0) deleted.
     *
     * @param externalPort 0 when it is deleted
     */
    record Mapped(long epochSeconds, Transport transport, int internalPort, int externalPort, long lifetimeSeconds)
            implements NatPmpResponse {
        public Mapped {
            requireWord(epochSeconds);
            requireWord(lifetimeSeconds);
            if ((internalPort & ~0xffff) != 0 || (externalPort & ~0xffff) != 0) {
                throw new IllegalArgumentException("port " + internalPort + ", " + externalPort);
            }
        }
    }

    /**
     * No.
     *
     * @param opcode of the question: 0, 1, 2 or whatever the gateway says
     */
    record Failed(long epochSeconds, int opcode, NatPmpResult result) implements NatPmpResponse {
        public Failed {
            requireWord(epochSeconds);
            if (opcode < 0 || opcode > 0x7f || result.isSuccess()) {
                throw new IllegalArgumentException("opcode " + opcode + ", " + result);
            }
        }
    }

    /**
     * The gateway speaks another version: 2 is PCP's (RFC 6887 appendix A).
     *
     * @param version not 0
     */
    record OtherVersion(int version) implements NatPmpResponse {
        public OtherVersion {
            if (version < 1 || version > 0xff) {
                throw new IllegalArgumentException("version " + version);
            }
        }
    }

    private static void requireWord(long seconds) {
        if (seconds < 0 || seconds > 0xffff_ffffL) {
            throw new IllegalArgumentException(seconds + " s");
        }
    }
}
