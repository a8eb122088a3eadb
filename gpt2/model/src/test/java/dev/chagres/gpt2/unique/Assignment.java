package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.LongToIntFunction;

/// Residues modulo p of columns and virtual tensors, by element; 0 where nothing is said.
final class Assignment {
    private final Map<Object, Map<Long, Integer>> values = new IdentityHashMap<>();
    private final Map<Object, LongToIntFunction> functions = new IdentityHashMap<>();

    /// One value: a tensor, which is a column or a virtual tensor, and an element of it.
    record Place(Object tensor, long element) {
        @Override
        public String toString() {
            return tensor + "[" + element + "]";
        }
    }

    int get(Object tensor, long element) {
        LongToIntFunction function = functions.get(tensor);
        if (function != null) {
            return function.applyAsInt(element);
        }
        return explicit(tensor).getOrDefault(element, 0);
    }

    int get(Place place) {
        return get(place.tensor, place.element);
    }

    /// @param value any integer of the class
    void set(Place place, long value) {
        if (functions.containsKey(place.tensor)) {
            throw new IllegalStateException(place + " is given by a function");
        }
        values.computeIfAbsent(place.tensor, _ -> new HashMap<>()).put(place.element, M31.embed(value));
    }

    /// Says what a whole tensor holds.
    ///
    /// @param function canonical residues by element
    void define(Object tensor, LongToIntFunction function) {
        functions.put(tensor, function);
    }

    /// Elements of a tensor that were set.
    Map<Long, Integer> explicit(Object tensor) {
        if (functions.containsKey(tensor)) {
            throw new IllegalStateException(tensor + " is given by a function and has no list of elements");
        }
        return values.getOrDefault(tensor, Map.of());
    }
}
