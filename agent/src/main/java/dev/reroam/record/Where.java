package dev.reroam.record;

import org.jspecify.annotations.Nullable;

/** A place in a document, for error messages. Immutable. */
record Where(@Nullable Where parent, String last) {

    static final Where ROOT = new Where(null, "$");

    Where field(String name) {
        return new Where(this, "." + name);
    }

    Where element(int index) {
        return new Where(this, "[" + index + "]");
    }

    RecordMismatch wrong(RecordMismatch.Reason reason, Object found) {
        return new RecordMismatch(toString(), reason, found.toString());
    }

    @Override
    public String toString() {
        var path = new StringBuilder();
        for (Where where = this; where != null; where = where.parent) {
            path.insert(0, where.last);
        }
        return path.toString();
    }
}
