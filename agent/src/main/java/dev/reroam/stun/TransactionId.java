package dev.reroam.stun;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** 96 bits that tie an answer to its request (RFC 8489 section 5). Immutable. */
public record TransactionId(int high, long low) {

    /** Bytes on the wire. */
    static final int LENGTH = 12;

    /**
     * A new one.
     *
     * @param random must be unguessable: RFC 8489 section 5 "MUST be uniformly and randomly chosen ... and SHOULD be
     *     cryptographically random"
     */
    public static TransactionId draw(RandomGenerator random) {
        return new TransactionId(random.nextInt(), random.nextLong());
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%08x%016x", high, low);
    }
}
