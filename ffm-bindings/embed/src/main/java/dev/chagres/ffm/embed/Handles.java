package dev.chagres.ffm.embed;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Objects that C knows by number. Numbers are never used twice, so an old one finds nothing.
///
/// @param <T> of the objects
final class Handles<T> {
    private static final AtomicLong NEXT = new AtomicLong(1);

    private final Map<Long, T> objects = new ConcurrentHashMap<>();
    private final String what;

    /// @param what an object is called
    Handles(String what) {
        this.what = what;
    }

    long add(T object) {
        long id = NEXT.getAndIncrement();
        objects.put(id, object);
        return id;
    }

    /// @throws ClosedException if there is none
    T get(long id) {
        T object = objects.get(id);
        if (object == null) {
            throw new ClosedException(what);
        }
        return object;
    }

    /// An object; null if there is none.
    T find(long id) {
        return objects.get(id);
    }

    /// Forgets the object of a number, if there is one.
    void remove(long id) {
        objects.remove(id);
    }

    /// Forgets an object.
    void remove(T object) {
        objects.values().remove(object);
    }
}
