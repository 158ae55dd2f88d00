package dev.reroam.tcp;

/** Why a connection can go nowhere. */
public enum Reason {
    /** Its address is not ours any more: nothing that is sent to it arrives here. */
    ADDRESS_GONE,
    /** Its address is that of an uplink that carries nothing, and it has heard nothing since. */
    UPLINK_GONE,
    /** What it sends into such an uplink is not answered, and its timeout was doubled twice. */
    UNANSWERED,
    /** Its server is meant to say something now and then, and has not. */
    SERVER_SILENT
}
