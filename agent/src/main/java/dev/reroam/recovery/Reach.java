package dev.reroam.recovery;

/** How far the effect of a repair goes. */
public enum Reach {
    /** One peer of a device. */
    PEER,
    /** All peers of a device. */
    DEVICE,
    /** Everything that leaves by an uplink. */
    UPLINK
}
