package dev.chagres.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A JSON object of a tokenizer file, read by expected type; a name that is absent reads as null does.
///
/// @param path  where it stands, for messages: `model`, `added_tokens[3]`
/// @param value its members
record JsonObject(String path, Map<?, ?> value) {
    /// @throws UnsupportedTokenizerException if the value is not an object
    static JsonObject of(String path, Object value) {
        if (value instanceof Map<?, ?> map) {
            return new JsonObject(path, map);
        }
        throw new UnsupportedTokenizerException(path + " is not an object");
    }

    String type() {
        return string("type").orElse("without type");
    }

    Optional<JsonObject> object(String name) {
        return Optional.ofNullable(value.get(name)).map(v -> of(at(name), v));
    }

    Optional<String> string(String name) {
        return Optional.ofNullable(value.get(name)).map(v -> cast(String.class, v, name, "a string"));
    }

    boolean flag(String name, boolean otherwise) {
        return Optional.ofNullable(value.get(name)).map(v -> cast(Boolean.class, v, name, "true or false"))
                .orElse(otherwise);
    }

    int id(String name) {
        return id(value.get(name), () -> at(name));
    }

    /// The items of an array; none if it is absent.
    List<?> items(String name) {
        Object items = value.get(name);
        return items == null ? List.of() : cast(List.class, items, name, "an array");
    }

    /// The items of an array of objects; none if it is absent.
    List<JsonObject> objects(String name) {
        List<JsonObject> objects = new ArrayList<>();
        for (Object item : items(name)) {
            objects.add(of(at(name) + "[" + objects.size() + "]", item));
        }
        return objects;
    }

    /// The members as token ids.
    Map<String, Integer> ids() {
        Map<String, Integer> ids = LinkedHashMap.newLinkedHashMap(value.size());
        value.forEach((name, id) -> ids.put((String) name, id(id, () -> "the id of " + Texts.quote((String) name))));
        return ids;
    }

    static int id(Object id, Supplier<String> name) {
        if (id instanceof Long number && number >= 0 && number < BytePairs.MAX_IDS) {
            return number.intValue();
        }
        throw new UnsupportedTokenizerException(
                name.get() + " is " + id + ", need a whole number below " + BytePairs.MAX_IDS);
    }

    private <T> T cast(Class<T> type, Object item, String name, String need) {
        if (type.isInstance(item)) {
            return type.cast(item);
        }
        throw new UnsupportedTokenizerException(at(name) + " is not " + need);
    }

    private String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
