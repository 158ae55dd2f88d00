package dev.reroam.tests.lab;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names for contents: what is kept under such a name is never out of date. */
final class Digests {

    /** 64 bits: these names only have to differ between the versions of one person's checkouts. */
    private static final int BYTES = 8;

    private Digests() {}

    /** The first half of the SHA-256 of all parts, in hexadecimal. */
    static String shortSha256(byte[]... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                digest.update(part);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JDK has SHA-256", impossible);
        }
    }
}
