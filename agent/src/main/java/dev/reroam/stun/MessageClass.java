package dev.reroam.stun;

/** What kind of message it is; two bits, so these are all (RFC 8489 section 5). */
public enum MessageClass {
    REQUEST(0),
    INDICATION(1),
    SUCCESS(2),
    ERROR(3);

    private static final int C0 = 0x010;
    private static final int C1 = 0x100;

    private final int number;

    MessageClass(int number) {
        this.number = number;
    }

    /** The type field for a method: the bits M11..M7 C1 M6..M4 C0 M3..M0. */
    int type(int method) {
        return (method & 0xf80) << 2
                | (method & 0x070) << 1
                | (method & 0x00f)
                | ((number & 2) != 0 ? C1 : 0)
                | ((number & 1) != 0 ? C0 : 0);
    }

    static MessageClass of(int type) {
        return values()[((type & C1) != 0 ? 2 : 0) + ((type & C0) != 0 ? 1 : 0)];
    }

    static int method(int type) {
        return (type & 0x3e00) >> 2 | (type & 0x00e0) >> 1 | (type & 0x000f);
    }
}
