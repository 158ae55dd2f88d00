package dev.reroam.portmap.gateway;

/** The transports whose ports a gateway maps. */
public enum Transport {
    /** IANA protocol 17. */
    UDP(17),
    /** IANA protocol 6. */
    TCP(6);

    private final int number;

    Transport(int number) {
        this.number = number;
    }

    /** IANA's protocol number. */
    public int number() {
        return number;
    }
}
