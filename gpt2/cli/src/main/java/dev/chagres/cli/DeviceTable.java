package dev.chagres.cli;

import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.profile.PhaseRecorder.Phase;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What phases asked a device for.
///
/// @param phases that were measured
record DeviceTable(List<Phase> phases) {
    private static final String LINE = "%-15s %9s  %9s  %13s  %13s  %9s  %9s  %12s%n";

    /// Whether a device was used; the processor's stages ask it for nothing.
    boolean used() {
        return !all().equals(DeviceUse.NONE);
    }

    /// In all phases together.
    private DeviceUse all() {
        return phases.stream().map(Phase::device).reduce(DeviceUse.NONE, DeviceUse::and);
    }

    /// The counts of a phase by name; null where no device was used.
    Map<String, Object> map(Phase phase) {
        if (!used()) {
            return null;
        }
        DeviceUse use = phase.device();
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

    /// A line for each phase; nothing where no device was used.
    String toText() {
        if (!used()) {
            return "";
        }
        StringBuilder text = new StringBuilder(String.format(
                LINE, "on the device", "launches", "copies", "in", "out", "waits", "waited", "peak"));
        phases.forEach(p -> line(text, p.name(), p.device()));
        line(text, "all", all());
        return text.toString();
    }

    private static void line(StringBuilder text, String phase, DeviceUse use) {
        text.append(String.format(Locale.ROOT, LINE, phase, use.launches(), use.copies(), mebi(use.bytesIn()),
                mebi(use.bytesOut()), use.waits(), String.format(Locale.ROOT, "%.2f s", use.waitSeconds()),
                mebi(use.peakBytes())));
    }

    private static String mebi(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / 0x1p20);
    }
}
