package dev.reroam.web;

import java.util.Optional;

/** What a request gets. Immutable. */
sealed interface Answer {

    /**
     * A document.
     *
     * @param allow the one method that would have been right, with a 405
     */
    record Document(int code, String json, Optional<String> allow) implements Answer {
        static Document ok(String json) {
            return new Document(200, json, Optional.empty());
        }

        static Document error(int code, String error, String message) {
            return new Document(code, Json.error(error, message), Optional.empty());
        }
    }

    /** Events, until somebody hangs up. */
    record Events() implements Answer {}
}
