package dev.reroam.record;

import com.google.gson.JsonElement;
import java.util.Optional;

/** How the values of one Java type stand in JSON. Immutable; {@code read(write(v))} equals {@code v}. */
interface Form {

    /** The value as JSON; equal values give the same. */
    JsonElement write(Object value);

    /** The value that {@code json} stands for; never null. */
    Object read(JsonElement json, Where where) throws RecordMismatch;

    /** The value that a record leaves out, if there is one: a field that is not there means it. */
    default Optional<Object> leftOut() {
        return Optional.empty();
    }
}
