package dev.chagres.cli;

import dev.chagres.prove.remote.Traffic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a proof over executors has moved, for its result.
///
/// @param executors that took part
/// @param traffic   of the proof
public record TrafficFacts(int executors, Traffic traffic) {
    /// Adds the figures.
    ///
    /// @param kinds also those of each kind of job
    void put(Map<String, Object> facts, boolean kinds) {
        List<Traffic.Kind> all = traffic.kinds();
        facts.put("executors", executors);
        facts.put("downBytes", all.stream().mapToLong(Traffic.Kind::down).sum());
        facts.put("upBytes", all.stream().mapToLong(Traffic.Kind::up).sum());
        if (kinds) {
            facts.put("traffic", maps(all));
        }
    }

    /// Each kind as an object.
    public static List<Map<String, Object>> maps(List<Traffic.Kind> kinds) {
        return kinds.stream().map(kind -> {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", kind.name());
            map.put("calls", kind.calls());
            map.put("downBytes", kind.down());
            map.put("upBytes", kind.up());
            return map;
        }).toList();
    }
}
