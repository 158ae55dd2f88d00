package dev.reroam.record;

/** A JSON document is not the record that was asked for. Says where, why, and what stood there instead. */
public final class RecordMismatch extends Exception {

    private static final int FOUND_LENGTH = 80;

    private final String path;
    private final Reason reason;
    private final String found;

    /** What is wrong. */
    public enum Reason {
        /** The text is no JSON document. */
        NOT_JSON("not a JSON document"),
        /** A field that must be there is not. */
        MISSING("missing field"),
        /** A field that the record does not have. */
        UNKNOWN_FIELD("unknown field"),
        /** Another JSON type is needed. */
        WRONG_TYPE("wrong type"),
        /** A number does not fit, or is not whole. */
        OUT_OF_RANGE("number out of range"),
        /** A name that is no constant, or no member of the sealed type. */
        UNKNOWN_NAME("unknown name"),
        /** An element of a set or a key of a map came twice. */
        TWICE("twice"),
        /** The value itself refused, by its own rule. */
        REFUSED("refused");

        private final String words;

        Reason(String words) {
            this.words = words;
        }
    }

    RecordMismatch(String path, Reason reason, String found) {
        super(path + ": " + reason.words + ": " + shortened(found));
        this.path = path;
        this.reason = reason;
        this.found = shortened(found);
    }

    /** Where in the document: {@code $} is the whole, {@code $.stream[3].now} a field of an element of a field. */
    public String path() {
        return path;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** What stood there, or is missed; at most 80 characters. */
    public String found() {
        return found;
    }

    private static String shortened(String text) {
        return text.length() <= FOUND_LENGTH ? text : text.substring(0, FOUND_LENGTH - 3) + "...";
    }
}
