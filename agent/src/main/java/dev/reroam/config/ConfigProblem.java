package dev.reroam.config;

import java.nio.file.Path;

/**
 * One thing wrong with a configuration file. Immutable.
 *
 * @param line from 1; 0 when it is about the file as a whole
 * @param column from 1; 0 when it is about the line or the file as a whole
 * @param kind for programs
 * @param message for people: lower-case, no period, with the offending text
 */
public record ConfigProblem(int line, int column, Kind kind, String message) {

    /** What sort of thing. */
    public enum Kind {
        /** There is no such file. */
        MISSING_FILE,
        /** A directory or another thing that is no regular file. */
        NOT_A_FILE,
        /** The system refused to read it. */
        UNREADABLE,
        /** Larger than any configuration can be. */
        TOO_LARGE,
        /** Bytes that are not UTF-8. */
        NOT_UTF8,
        /** Not TOML. */
        SYNTAX,
        /** A key that nobody reads. */
        UNKNOWN_KEY,
        /** A key that is right but whose value is of another type. */
        WRONG_TYPE,
        /** The right type, but nothing this key can be. */
        BAD_VALUE
    }

    /** {@code file:line: reason}. */
    public String text(Path file) {
        return file + ":" + line + ": " + message;
    }
}
