package dev.reroam.linux.packet;

/**
 * What tells the answers that we wait for from the port owner's own traffic: four bytes of the payload, such as STUN's magic
 * cookie. Immutable.
 *
 * @param offset in the payload, 0 to 1024
 * @param value in network order
 */
public record PayloadSign(int offset, int value) {
    public PayloadSign {
        if (offset < 0 || offset > 1024) {
            throw new IllegalArgumentException("offset " + offset);
        }
    }
}
