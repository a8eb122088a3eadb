package dev.chagres.cli;

import dev.chagres.prove.profile.DeviceUse;
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
    private static final String DEVICE_LINE = "%-14s  %9s  %9s  %13s  %13s  %9s  %9s  %12s%n";

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
            map.put("device", usesDevice() ? deviceMap(p.device()) : null);
            maps.add(map);
        }
        return maps;
    }

    /// Whether a device was used; the processor's stages ask it for nothing.
    private boolean usesDevice() {
        return !used().equals(DeviceUse.NONE);
    }

    /// In all phases together.
    private DeviceUse used() {
        return phases.stream().map(Phase::device).reduce(DeviceUse.NONE, DeviceUse::and);
    }

    private static Map<String, Object> deviceMap(DeviceUse use) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("launches", use.launches());
        map.put("copies", use.copies());
        map.put("inBytes", use.bytesIn());
        map.put("outBytes", use.bytesOut());
        map.put("waits", use.waits());
        map.put("waitSeconds", use.waitSeconds());
        map.put("peakBytes", use.peakBytes());
        return map;
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
        if (usesDevice()) {
            text.append(String.format(DEVICE_LINE, "on the device", "launches", "copies", "in", "out", "waits",
                    "waited", "peak"));
            phases.forEach(p -> deviceLine(text, p.name(), p.device()));
            deviceLine(text, "all", used());
        }
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

    private static void deviceLine(StringBuilder text, String phase, DeviceUse use) {
        text.append(String.format(Locale.ROOT, DEVICE_LINE, phase, use.launches(), use.copies(), mebi(use.bytesIn()),
                mebi(use.bytesOut()), use.waits(), String.format(Locale.ROOT, "%.2f s", use.waitSeconds()),
                mebi(use.peakBytes())));
    }

    private static String mebi(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20);
    }

    private static void line(StringBuilder text, String... cells) {
        text.append(String.format(LINE, (Object[]) cells).stripTrailing()).append(System.lineSeparator());
    }
}
