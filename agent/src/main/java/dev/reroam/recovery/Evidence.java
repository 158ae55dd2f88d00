package dev.reroam.recovery;

/** What points at trouble with a tunnel; the row of the {@link Ladder}'s table. */
public enum Evidence {
    /** The kernel names another way for a fresh packet. */
    PATH_CHANGED,
    /** The way is the same and usable, but its interface had lost something meanwhile. */
    UPLINK_RETURNED,
    /** The way leads through an interface that has no carrier or is down. */
    UPLINK_SUSPECT,
    /** The way is fine, bytes go out and nothing comes back. Nobody raises it yet: it needs a watch on the counters. */
    TUNNEL_SILENT,
    /**
     * The way is the same, but the world sees it under another address, or its gateway lost its memory, or the machine slept,
     * so that nobody knows.
     */
    WAN_CHANGED,
    /**
     * The same, and the NAT is known to hold on to mappings that lead nowhere. Not raised while the table's entry for it is
     * not built: it is a changed WAN then.
     */
    MAPPING_STUCK,
    /** The device came back under another number or key while its tunnel was being repaired. */
    DEVICE_RECREATED,
    /** The agent before this one ended while it repaired the tunnel, and nobody knows how far that came. */
    INTERRUPTED,
    /** The name of the endpoint does not give its address any more, and the tunnel carries nothing. */
    NAME_CHANGED,
    /** A person asked for a repair. */
    ASKED
}
