package dev.reroam.portmap;

/** Why everything is mapped anew. Each has its own {@link Damping}: none holds up another. */
public enum Cause {
    /** We were told to: the network changed. It does not become rarer. */
    CHECK(false),
    /** The gateway says that it is there, as it does after a change. */
    ANNOUNCED(true),
    /** The gateway has lost its table. */
    FORGOT(true),
    /** The gateway has another outer address. */
    ADDRESS(true);

    private final boolean slows;

    Cause(boolean slows) {
        this.slows = slows;
    }

    /** Whether it may come from outside again and again, and is followed less and less often. */
    boolean slows() {
        return slows;
    }
}
