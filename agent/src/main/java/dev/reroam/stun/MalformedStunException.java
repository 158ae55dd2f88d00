package dev.reroam.stun;

/** Bytes that are no STUN message, or a damaged one. Has no stack trace: the sender decides how often it is made. */
public final class MalformedStunException extends Exception {

    private static final long serialVersionUID = 1;

    /** What is wrong. */
    public enum Reason {
        /** Shorter than the header. */
        TRUNCATED,
        /** The first two bits are set, or the magic cookie is another: something else than STUN. */
        NOT_STUN,
        /** The length field is not that of the message, or no multiple of four. */
        MESSAGE_LENGTH,
        /** An attribute reaches beyond the message. */
        ATTRIBUTE_LENGTH,
        /** An attribute's value is not what its type says. */
        ATTRIBUTE_VALUE,
        /** FINGERPRINT says that the message was damaged. */
        FINGERPRINT
    }

    private final Reason reason;

    MalformedStunException(Reason reason, String detail) {
        super(detail, null, false, false);
        this.reason = reason;
    }

    /** What is wrong. */
    public Reason reason() {
        return reason;
    }
}
