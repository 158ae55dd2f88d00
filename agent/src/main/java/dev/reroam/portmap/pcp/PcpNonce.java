package dev.reroam.portmap.pcp;

/**
 * A mapping nonce, 96 bits (RFC 6887 section 11.2): whoever knows it can renew and delete the mapping. Immutable.
 *
 * @param high the first 32 bits
 * @param low the other 64
 */
public record PcpNonce(int high, long low) {

    /** Says nothing of the bits: they are a secret towards others on the network. */
    @Override
    public String toString() {
        return "PcpNonce";
    }
}
