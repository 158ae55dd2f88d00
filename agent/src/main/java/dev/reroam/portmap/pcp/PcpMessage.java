package dev.reroam.portmap.pcp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import java.util.List;

/** A message of PCP version 2 (RFC 6887 sections 7, 11.1 and 14.1), either way. */
public sealed interface PcpMessage {

    /** What only MAP carries, asked and answered alike. */
    record Map(PcpNonce nonce, int protocol, int internalPort, Endpoint external) {
        public Map {
            if (protocol < 0 || protocol > 0xff || (internalPort & ~0xffff) != 0) {
                throw new IllegalArgumentException("protocol " + protocol + ", port " + internalPort);
            }
        }
    }

    /**
     * Opcode 0, asked: are you there?
     *
     * @param client the address that we send from
     */
    record AnnounceRequest(IpAddress client) implements PcpMessage {}

    /**
     * Opcode 1, asked.
     *
     * @param lifetimeSeconds 0 to delete
     */
    record MapRequest(long lifetimeSeconds, IpAddress client, Map map, List<PcpOption> options) implements PcpMessage {
        public MapRequest {
            requireWord(lifetimeSeconds);
            options = List.copyOf(options);
        }
    }

    /**
     * Opcode 0, answered or announced.
     *
     * @param epochSeconds since the server's table was empty
     */
    record AnnounceResponse(PcpResult result, long lifetimeSeconds, long epochSeconds) implements PcpMessage {
        public AnnounceResponse {
            requireWord(lifetimeSeconds);
            requireWord(epochSeconds);
        }
    }

    /**
     * Opcode 1, answered.
     *
     * @param lifetimeSeconds of the mapping, or for how long the error will be the same
     */
    record MapResponse(PcpResult result, long lifetimeSeconds, long epochSeconds, Map map, List<PcpOption> options)
            implements PcpMessage {
        public MapResponse {
            requireWord(lifetimeSeconds);
            requireWord(epochSeconds);
            options = List.copyOf(options);
        }
    }

    /**
     * An error in a header alone: some servers answer so what they cannot read, and opcodes that they do not know.
     *
     * @param opcode 0 to 127
     */
    record ErrorResponse(int opcode, PcpResult result, long lifetimeSeconds, long epochSeconds) implements PcpMessage {
        public ErrorResponse {
            requireWord(lifetimeSeconds);
            requireWord(epochSeconds);
            if (opcode < 0 || opcode > 0x7f || result.isSuccess()) {
                throw new IllegalArgumentException("opcode " + opcode + ", " + result);
            }
        }
    }

    /**
     * An answer in another version: 0 is NAT-PMP's, 1 a draft of PCP.
     *
     * @param version not 2
     */
    record OtherVersion(int version) implements PcpMessage {
        public OtherVersion {
            if (version == 2 || version < 0 || version > 0xff) {
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
