package dev.reroam.web;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

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

    /**
     * A document that is not there yet.
     *
     * @param document completed on the loop
     */
    record Later(CompletionStage<Document> document) implements Answer {}

    /** Events, until somebody hangs up. */
    record Events() implements Answer {}
}
