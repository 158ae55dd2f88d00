package dev.reroam.tunnel.wireguard;

/** A daemon's answer is not what the protocol says: where and why. Never repeats a value, which may be a key. */
public final class UapiSyntaxException extends Exception {

    private static final long serialVersionUID = 1;

    /** What is wrong. */
    public enum Reason {
        /** A line without {@code =}. */
        NO_EQUALS_SIGN,
        /** A value that its key does not allow. */
        BAD_VALUE,
        /** What only a peer has, before any {@code public_key}. */
        NOT_IN_A_PEER,
        /** A line longer than any legitimate one. */
        LINE_TOO_LONG,
        /** More bytes than any legitimate answer has. */
        ANSWER_TOO_LONG,
        /** More peers than are supported. */
        TOO_MANY_PEERS,
        /** The empty line that ends an answer, without {@code errno} before it. */
        NO_ERRNO,
        /** Bytes after the end of the answer. */
        TRAILING_BYTES
    }

    private final Reason reason;
    private final int line;
    private final String key;

    UapiSyntaxException(Reason reason, int line, String key) {
        super("line " + line + (key.isEmpty() ? "" : " (" + key + ")") + ": " + reason);
        this.reason = reason;
        this.line = line;
        this.key = key;
    }

    /** What is wrong. */
    public Reason reason() {
        return reason;
    }

    /** Number of the line in the answer, from 1. */
    public int line() {
        return line;
    }

    /** The protocol's key on that line; empty when it has none that we know. */
    public String key() {
        return key;
    }
}
