package dev.chagres.prove.remote;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Bytes between the coordinator and the sites of one proof, by kind. Safe for use by several threads.
public final class Traffic {
    /// Jobs of one kind, or data that was shared.
    ///
    /// @param name `count`, `chunk`, `section`, ...; `shared` for what all sites get
    /// @param calls answered
    /// @param down bytes to the sites, shared data counted once for each site
    /// @param up bytes of answers
    public record Kind(String name, int calls, long down, long up) {}

    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /// Nothing so far.
    public Traffic() {}

    synchronized void add(String name, long down, long up) {
        kinds.merge(name, new Kind(name, 1, down, up), (a, b) ->
                new Kind(name, a.calls + b.calls, a.down + b.down, a.up + b.up));
    }

    /// What was sent so far, in the order in which the kinds came.
    public synchronized List<Kind> kinds() {
        return new ArrayList<>(kinds.values());
    }
}
