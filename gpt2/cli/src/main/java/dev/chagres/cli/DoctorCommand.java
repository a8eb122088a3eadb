package dev.chagres.cli;

import dev.chagres.kernel.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/// `doctor`: what this machine offers, and what to do about what is missing.
@CommandLine.Command(name = "doctor", description = "Checks JDK, vector width, threads, memory, native library and GPU.")
final class DoctorCommand extends Command {
    @Override
    int run() throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        List<String> advice = new ArrayList<>();
        BuildFacts build = BuildFacts.read();
        facts.put("jdk", System.getProperty("java.vm.name"));
        facts.put("jdkVersion", Runtime.version().toString());
        if (!build.runsOn(Runtime.version())) {
            advice.add("the JDK is older than " + build.jdk() + ": install a newer one");
        }
        boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        facts.put("vectorModule", module);
        if (!module) {
            advice.add("the vector module is absent: add --add-modules=jdk.incubator.vector");
        }
        String kernels = Backends.ofProperty().name();
        facts.put("kernels", kernels);
        List<String> passedOver = Backends.passedOver();
        facts.put("passedOver", passedOver);
        if (kernels.startsWith("scalar")) {
            advice.add("scalar kernels are slow: faster ones need the native library, or the vector module and 256-bit"
                    + " vectors");
        }
        facts.put("threads", Runtime.getRuntime().availableProcessors());
        facts.put("heapLimitBytes", Runtime.getRuntime().maxMemory());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            facts.put("memoryBytes", os.getTotalMemorySize());
            facts.put("memoryFreeBytes", os.getFreeMemorySize());
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        facts.put("temporaryFolder", temporary.toString());
        boolean usable = Files.isDirectory(temporary) && Files.isWritable(temporary);
        facts.put("temporaryFreeBytes", usable ? Files.getFileStore(temporary).getUsableSpace() : null);
        if (!usable) {
            advice.add("the temporary folder cannot be written to: set TMPDIR");
        }
        NativeFacts.put(facts);
        facts.put("advice", advice);
        print(facts);
        return OK;
    }
}
