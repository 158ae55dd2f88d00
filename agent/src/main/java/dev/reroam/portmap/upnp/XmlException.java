package dev.reroam.portmap.upnp;

/** A document that is not read: why as a value, and where. */
public final class XmlException extends Exception {

    private static final long serialVersionUID = 1;

    /** Why. */
    public enum Reason {
        /** More than 64 KiB. */
        TOO_LARGE,
        /** Nested more than 32 deep. */
        TOO_DEEP,
        /** More than 2000 elements. */
        TOO_MANY,
        /** A document type, and with it entities: never read. */
        DOCTYPE,
        /** An entity that XML itself does not define. */
        ENTITY,
        /** It ends in the middle. */
        TRUNCATED,
        /** No XML. */
        MALFORMED
    }

    private final Reason reason;
    private final int offset;

    XmlException(Reason reason, int offset) {
        super(reason + " at " + offset);
        this.reason = reason;
        this.offset = offset;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** How many characters in. */
    public int offset() {
        return offset;
    }
}
