package dev.reroam.recovery;

/** What must hold before a rung of the {@link Ladder} may run. */
public enum Need {
    /** The device can be set, and we may. */
    SETTABLE_DEVICE("device can be set"),
    /** Something was sent that must be answered, and was not. */
    ANSWER_OWED("an answer is owed"),
    /** No other peer of the device carries. */
    NO_PEER_CARRIES("no peer of the device carries"),
    /** No other peer of the device is merely quiet. */
    NO_PEER_QUIET("no peer of the device is merely quiet"),
    /** The NAT is not likely to hold on to a dead mapping, which a packet from the same port would only keep alive. */
    MAPPING_LIVES("the mapping is not likely to be stuck"),
    /** Servers do not answer over the uplink, and another one may carry. */
    OTHER_UPLINK("the uplink is silent, and there is another one"),
    /** The endpoint was configured by a name, and that gives an address that was not tried. */
    OTHER_ADDRESS("the endpoint's name has another address"),
    /** The listen port may be given up. */
    FREE_PORT("port is free"),
    /** It may not: else leaving it is simpler. */
    FIXED_PORT("port is fixed"),
    /** It is not merely silent: something that a NAT may have missed has changed, or a person says so. */
    WAY_CHANGED("something on the way has changed"),
    /** A person has named who restarts the device. */
    OWNER("somebody is configured who restarts it");

    private final String text;

    Need(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
