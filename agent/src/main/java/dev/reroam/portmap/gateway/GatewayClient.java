package dev.reroam.portmap.gateway;

/** One protocol's side towards one gateway, as an immutable state. Pure. */
public interface GatewayClient {

    /** No deadline. */
    long NEVER = Long.MAX_VALUE;

    /**
     * The next state and what shall be done.
     *
     * @param now monotonic nanoseconds
     */
    Turn step(Stimulus stimulus, long now);

    /** When {@link Stimulus.Due} is wanted, monotonic nanoseconds; {@link #NEVER} for not at all. */
    long dueAt();

    /** Whether an {@link Operation} is under way. */
    boolean busy();
}
