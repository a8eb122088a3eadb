package dev.chagres.cli;

import dev.chagres.prove.profile.LeastTime;
import dev.chagres.prove.profile.PhaseRecorder.Phase;
import dev.chagres.prove.profile.Work;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Where the time of one proof went.
///
/// @param work of the proof
/// @param phases that were measured
/// @param threads number of threads
record Profile(Work work, List<Phase> phases, int threads) {
    private static final String LINE = "%-14s  %9s  %13s  %19s  %10s  %6s";

    Map<String, Object> counts() {
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("lookups", work.lookups());
        counts.put("tableEntries", work.tableEntries());
        counts.put("committedElements", work.committed());
        counts.put("keyElements", work.keyElements());
        counts.put("inferenceMultiplyAdds", work.multiplyAdds());
        counts.put("productTerms", work.products());
        return counts;
    }

    List<Map<String, Object>> phaseMaps() {
        LeastTime floor = new LeastTime(work);
        DeviceTable device = new DeviceTable(phases);
        List<Map<String, Object>> maps = new ArrayList<>();
        for (Phase p : phases) {
            double least = floor.seconds(p.name(), threads);
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", p.name());
            map.put("seconds", p.seconds());
            map.put("offHeapPeakBytes", p.peakBytes());
            map.put("fieldMultiplications", floor.multiplications(p.name()));
            map.put("fieldMultiplyAdds", floor.fieldMultiplyAdds(p.name()));
            map.put("floorSeconds", least);
            map.put("floorShare", least / p.seconds());
            map.put("device", device.map(p));
            maps.add(map);
        }
        return maps;
    }

    /// A table of the phases, one of what they asked the device for, and a list of the counts.
    String toText() {
        LeastTime floor = new LeastTime(work);
        StringBuilder text = new StringBuilder();
        line(text, "phase", "seconds", "off-heap peak", "multiplications", "floor", "share");
        double seconds = 0;
        double leastOfAll = 0;
        long peak = 0;
        for (Phase p : phases) {
            double least = floor.seconds(p.name(), threads);
            line(text, p.name(), p.seconds(), p.peakBytes(), floor.multiplications(p.name()), least);
            seconds += p.seconds();
            leastOfAll += least;
            peak = Math.max(peak, p.peakBytes());
        }
        long multiplications = phases.stream().mapToLong(p -> floor.multiplications(p.name())).sum();
        line(text, "all", seconds, peak, multiplications, leastOfAll);
        text.append(new DeviceTable(phases).toText());
        counts().forEach((name, count) -> text.append(String.format(Locale.ROOT, "%-22s %,20d%n", name, count)));
        return text.toString();
    }

    private static void line(StringBuilder text, String phase, double seconds, long peak, long multiplications, double least) {
        line(text, phase,
                String.format(Locale.ROOT, "%.2f s", seconds),
                (peak >> 20) + " MiB",
                multiplications == 0 ? "" : String.format(Locale.ROOT, "%,d", multiplications),
                least == 0 ? "" : String.format(Locale.ROOT, "%.2f s", least),
                least == 0 ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * least / seconds));
    }

    private static void line(StringBuilder text, String... cells) {
        text.append(String.format(LINE, (Object[]) cells).stripTrailing()).append(System.lineSeparator());
    }
}
