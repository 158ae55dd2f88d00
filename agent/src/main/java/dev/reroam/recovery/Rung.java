package dev.reroam.recovery;

/** The steps of the {@link Ladder}, least disruptive first. */
public enum Rung {
    /** Forget the stale sources of a device; nothing is sent. */
    CLEAR,
    /** Forget the stale source and send one packet, so that the far side follows. */
    REFRESH,
    /** Open the socket anew on the same port. */
    REBIND,
    /** Make the kernel forget the one flow that is stuck. */
    CONNTRACK,
    /** Send the tunnel's packets over another uplink. */
    STEER,
    /** Leave the port, and with it the NAT entry, for a fresh one. */
    NEW_PORT,
    /** Have its packets leave from another port than the one it listens on, and with it from another NAT entry. */
    SOURCE_PORT,
    /** Resolve the name of the endpoint again. */
    RESOLVE,
    /** Move a host route that pins the endpoint to an uplink. */
    HOST_ROUTE,
    /** Restart the service that owns the tunnel. */
    RESTART_OWNER,
    /** Ask a person. */
    PERSON;

    /**
     * Whether it is begun at most once an incident also where the agent is killed meanwhile. Not so for those that leave
     * everything as it was: a late packet over the old way may undo a refresh, and then a rebind is what helps. Nor for a
     * name, which is asked anew and may mean something else.
     */
    boolean onceAcrossACrash() {
        return compareTo(STEER) > 0 && this != RESOLVE;
    }
}
