package dev.reroam.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.reroam.record.RecordMismatch.Reason;
import java.util.HashMap;
import java.util.Map;

/** The form of a sealed interface: the record it is, and first of all which. */
final class SealedForm implements Form {

    private final Map<String, RecordForm> byName = new HashMap<>();
    private final Map<Class<?>, RecordForm> byClass = new HashMap<>();

    SealedForm(Class<?> type, Forms forms) {
        add(type, forms);
    }

    private void add(Class<?> type, Forms forms) {
        for (Class<?> member : type.getPermittedSubclasses()) {
            if (member.isSealed() && member.isInterface()) {
                add(member, forms);
            } else if (member.isRecord()) {
                var form = new RecordForm(member, forms);
                // A record may stand under several branches; two records of one simple name may not.
                RecordForm other = byName.putIfAbsent(member.getSimpleName(), form);
                if (other != null && !byClass.containsKey(member)) {
                    throw new IllegalArgumentException("two members are called " + member.getSimpleName());
                }
                byClass.putIfAbsent(member, form);
            } else {
                throw new IllegalArgumentException("no form in JSON for " + member.getTypeName() + ": not a record");
            }
        }
    }

    @Override
    public JsonElement write(Object value) {
        RecordForm form = byClass.get(value.getClass());
        if (form == null) {
            throw new IllegalArgumentException("not a member: " + value.getClass());
        }
        var object = new JsonObject();
        object.add(RecordForm.TAG, new JsonPrimitive(value.getClass().getSimpleName()));
        form.writeInto(object, value);
        return object;
    }

    @Override
    public Object read(JsonElement json, Where where) throws RecordMismatch {
        if (!(json instanceof JsonObject object)) {
            throw where.wrong(Reason.WRONG_TYPE, json);
        }
        JsonElement tag = object.get(RecordForm.TAG);
        if (tag == null) {
            throw where.wrong(Reason.MISSING, RecordForm.TAG);
        }
        RecordForm form = byName.get(Scalars.string(tag, where.field(RecordForm.TAG)));
        if (form == null) {
            throw where.wrong(Reason.UNKNOWN_NAME, tag);
        }
        return form.readAfterTag(json, where, true);
    }
}
