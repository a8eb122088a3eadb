package dev.chagres.cli;

import dev.chagres.ffm.Device;
import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.KernelLibrary;
import dev.chagres.ffm.NativeLibrary;
import dev.chagres.ffm.NativeLibrary.Devices;
import dev.chagres.ffm.NativeLibraryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/// What `doctor` finds out about native libraries and GPUs, one line each: what is there, or `none` and the reason; and
/// which words `--device` takes here.
final class NativeFacts {
    private static final String NONE = "none: ";
    /// A slab that is only opened to ask the device about itself.
    private static final long LEAST_SLAB = 1 << 20;

    private NativeFacts() {}

    static void put(Map<String, Object> facts) {
        List<String> devices = new ArrayList<>(List.of("cpu"));
        List<Map<String, Object>> gpus = new ArrayList<>();
        facts.put("nativeLibrary", kernels());
        try {
            NativeLibrary library = NativeLibrary.load(NativeLibrary.Kind.CUDA);
            facts.put("cudaLibrary", line(library.buildInfo(), library.path()));
            facts.put("gpu", gpu(library, devices, gpus));
        } catch (NativeLibraryException e) {
            facts.put("cudaLibrary", NONE + e.getMessage());
            facts.put("gpu", NONE + "nothing to ask it with");
        }
        try {
            NativeLibrary.locate(NativeLibrary.Kind.HOST);
            devices.add("emulated");
        } catch (NativeLibraryException _) {
            // The emulated device is for tests, and its absence nothing to mend.
        }
        facts.put("gpus", gpus);
        facts.put("devices", devices);
    }

    private static String kernels() {
        try {
            KernelLibrary library = KernelLibrary.load();
            return line(library.buildInfo(), library.path());
        } catch (NativeLibraryException e) {
            return NONE + e.getMessage();
        }
    }

    /// The digest of the header is for tests.
    private static String line(String buildInfo, Path file) {
        return buildInfo.replaceAll(", header \\p{XDigit}+", "") + "; " + file;
    }

    private static String gpu(NativeLibrary library, List<String> usable, List<Map<String, Object>> all) {
        try {
            Devices devices = library.devices();
            try (Device device = library.open(0, LEAST_SLAB)) {
                Device.Info info = device.info();
                IntStream.range(0, devices.count()).forEach(n -> usable.add("cuda:" + n));
                all.add(facts(info, devices));
                return String.format(Locale.ROOT,
                        "cuda:0 %s, sm_%d, %.1f of %.1f GiB free, driver %d, runtime %d, %d in all",
                        info.name(), info.computeCapability(), info.freeBytes() / 0x1p30, info.memoryBytes() / 0x1p30,
                        devices.driver(), devices.runtime(), devices.count());
            }
        } catch (DeviceException e) {
            return NONE + e.getMessage();
        }
    }

    private static Map<String, Object> facts(Device.Info info, Devices devices) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("device", "cuda:" + info.ordinal());
        facts.put("product", info.name());
        facts.put("computeCapability", info.computeCapability());
        facts.put("multiprocessors", info.multiprocessors());
        facts.put("memoryBytes", info.memoryBytes());
        facts.put("freeBytes", info.freeBytes());
        facts.put("driverVersion", devices.driver());
        facts.put("runtimeVersion", devices.runtime());
        return facts;
    }
}
