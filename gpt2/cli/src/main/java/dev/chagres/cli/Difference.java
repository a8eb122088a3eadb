package dev.chagres.cli;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A field in which two values differ.
///
/// @param field   path to it, such as `description.layers[2].geluBase`
/// @param key     what the key says
/// @param rebuilt what follows from the model
record Difference(String field, String key, String rebuilt) {
    private static final int MAX_SHOWN = 80;

    /// All fields in which two values differ: records are compared component by component, lists entry by entry,
    /// whatever else by
    /// `equals`.
    static List<Difference> between(String field, Object key, Object rebuilt) {
        List<Difference> found = new ArrayList<>();
        collect(field, key, rebuilt, found);
        return found;
    }

    private static void collect(String field, Object key, Object rebuilt, List<Difference> found) {
        if (key instanceof Record a && rebuilt instanceof Record b && a.getClass() == b.getClass()) {
            for (RecordComponent c : a.getClass().getRecordComponents()) {
                collect(field + "." + c.getName(), component(c, a), component(c, b), found);
            }
        } else if (key instanceof List<?> a && rebuilt instanceof List<?> b) {
            if (a.size() != b.size()) {
                found.add(new Difference(field + ".length", Integer.toString(a.size()), Integer.toString(b.size())));
            }
            for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
                collect(field + "[" + i + "]", a.get(i), b.get(i), found);
            }
        } else if (!key.equals(rebuilt)) {
            found.add(new Difference(field, shown(key), shown(rebuilt)));
        }
    }

    private static Object component(RecordComponent c, Record r) {
        try {
            return c.getAccessor().invoke(r);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(c + " cannot be read", e);
        }
    }

    private static String shown(Object value) {
        String text = value.toString();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
    }

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("field", field);
        map.put("key", key);
        map.put("rebuilt", rebuilt);
        return map;
    }
}
