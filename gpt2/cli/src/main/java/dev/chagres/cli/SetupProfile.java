package dev.chagres.cli;

import dev.chagres.prove.profile.PhaseRecorder.Phase;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Where the time of making keys went.
///
/// @param phases that were measured
record SetupProfile(List<Phase> phases) {
    private static final String LINE = "%-15s %9s  %13s%n";

    List<Map<String, Object>> phaseMaps() {
        DeviceTable device = new DeviceTable(phases);
        List<Map<String, Object>> maps = new ArrayList<>();
        for (Phase p : phases) {
            Map<String, Object> map = new LinkedHashMap<>();
            map.put("name", p.name());
            map.put("seconds", p.seconds());
            map.put("offHeapPeakBytes", p.peakBytes());
            map.put("device", device.map(p));
            maps.add(map);
        }
        return maps;
    }

    /// A table of the phases and one of what they asked the device for.
    String toText() {
        StringBuilder text = new StringBuilder(String.format(LINE, "phase", "seconds", "off-heap peak"));
        double seconds = 0;
        long peak = 0;
        for (Phase p : phases) {
            line(text, p.name(), p.seconds(), p.peakBytes());
            seconds += p.seconds();
            peak = Math.max(peak, p.peakBytes());
        }
        line(text, "all", seconds, peak);
        return text + new DeviceTable(phases).toText();
    }

    private static void line(StringBuilder text, String name, double seconds, long peak) {
        text.append(String.format(LINE, name, String.format(Locale.ROOT, "%.2f s", seconds), (peak >> 20) + " MiB"));
    }
}
