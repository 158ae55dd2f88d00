package dev.reroam.tests.simulation.world;

/**
 * How a NAT behaves. Immutable; durations are nanoseconds.
 *
 * @param preserves it gives the inner port outside where that is free
 * @param lifetime how long it remembers a flow that is silent
 * @param absolute how long it remembers any flow, used or not; 0 for no such end (iroh#4424 saw 50 to 75 s)
 */
public record NatKind(Mapping mapping, Filtering filtering, boolean preserves, long lifetime, long absolute) {

    /** RFC 4787 section 4.1: which packets of one inner port leave by the same outer one. */
    public enum Mapping {
        ENDPOINT_INDEPENDENT,
        ADDRESS_DEPENDENT,
        ADDRESS_AND_PORT_DEPENDENT
    }

    /** RFC 4787 section 5: whom it lets in. */
    public enum Filtering {
        ENDPOINT_INDEPENDENT,
        ADDRESS_DEPENDENT,
        ADDRESS_AND_PORT_DEPENDENT
    }
}
