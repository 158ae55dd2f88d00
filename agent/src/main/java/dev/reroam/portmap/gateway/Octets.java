package dev.reroam.portmap.gateway;

import java.util.Arrays;
import java.util.HexFormat;

/** Some bytes, immutable, equal when they are the same. */
public final class Octets {

    private static final int SHOWN = 64;

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A copy of these. */
    public static Octets of(byte[] bytes) {
        return new Octets(bytes.clone());
    }

    /** A fresh copy. */
    public byte[] bytes() {
        return bytes.clone();
    }

    /** How many. */
    public int length() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Hexadecimal, at most the first 64 bytes. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, SHOWN)) + (bytes.length > SHOWN ? "..." : "");
    }
}
