package dev.reroam.stun;

import java.util.OptionalInt;

/**
 * How large packets may be on the way to a server. Immutable; sizes in bytes, with the IP header.
 *
 * @param passed the largest size that got through; empty when none did, which says nothing
 * @param lost the smallest size that did not although smaller ones did; empty when the largest one that was tried passed
 */
public record PathMtu(OptionalInt passed, OptionalInt lost) {

    /** Nothing got through, or nothing was tried. */
    public static final PathMtu UNKNOWN = new PathMtu(OptionalInt.empty(), OptionalInt.empty());
}
