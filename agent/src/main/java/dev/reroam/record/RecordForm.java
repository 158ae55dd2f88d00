package dev.reroam.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.reroam.record.RecordMismatch.Reason;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The form of a record: an object with its components in their order. */
final class RecordForm implements Form {

    /** The name under which {@link SealedForm} says which record it is; no component can be called so. */
    static final String TAG = "@";

    private record Field(String name, Method accessor, Form form) {}

    private final Constructor<?> constructor;
    private final List<Field> fields = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    RecordForm(Class<?> type, Forms forms) {
        RecordComponent[] components = type.getRecordComponents();
        try {
            constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has a canonical constructor: " + type, e);
        }
        constructor.setAccessible(true);
        for (RecordComponent component : components) {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            try {
                fields.add(new Field(component.getName(), accessor, forms.of(component.getGenericType())));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        type.getSimpleName() + "." + component.getName() + ": " + e.getMessage(), e);
            }
            names.add(component.getName());
        }
    }

    @Override
    public JsonElement write(Object value) {
        var object = new JsonObject();
        writeInto(object, value);
        return object;
    }

    void writeInto(JsonObject object, Object value) {
        for (Field field : fields) {
            Object part = part(field, value);
            if (!field.form.leftOut().equals(Optional.of(part))) {
                object.add(field.name, field.form.write(part));
            }
        }
    }

    @Override
    public Object read(JsonElement json, Where where) throws RecordMismatch {
        return readAfterTag(json, where, false);
    }

    Object readAfterTag(JsonElement json, Where where, boolean tagged) throws RecordMismatch {
        if (!(json instanceof JsonObject object)) {
            throw where.wrong(Reason.WRONG_TYPE, json);
        }
        for (String name : object.keySet()) {
            if (!names.contains(name) && !(tagged && name.equals(TAG))) {
                throw where.field(name).wrong(Reason.UNKNOWN_FIELD, name);
            }
        }
        return build(object, where);
    }

    private Object build(JsonObject object, Where where) throws RecordMismatch {
        Object[] parts = new Object[fields.size()];
        for (int i = 0; i < parts.length; i++) {
            Field field = fields.get(i);
            JsonElement part = object.get(field.name);
            Where at = where.field(field.name);
            if (part != null) {
                parts[i] = field.form.read(part, at);
            } else {
                parts[i] = field.form.leftOut().orElseThrow(() -> at.wrong(Reason.MISSING, field.name));
            }
        }
        try {
            return constructor.newInstance(parts);
        } catch (InvocationTargetException e) {
            // The compact constructor said no: the values are each of their type, but not together a record.
            if (e.getCause() instanceof RuntimeException refusal) {
                throw where.wrong(Reason.REFUSED, String.valueOf(refusal.getMessage()));
            }
            throw new IllegalStateException(constructor.toString(), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(constructor.toString(), e);
        }
    }

    private static Object part(Field field, Object value) {
        try {
            Object part = field.accessor.invoke(value);
            if (part == null) {
                throw new IllegalArgumentException("null in " + field.accessor);
            }
            return part;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(field.accessor.toString(), e);
        }
    }
}
