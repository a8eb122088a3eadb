package dev.chagres.cli;

import dev.chagres.kernel.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;

/// `doctor`: what this machine offers, and what to do about what is missing.
@CommandLine.Command(name = "doctor", description = "Checks JDK, vector width, threads, memory, native library and GPU.")
final class DoctorCommand extends Command {
    @Override
    int run() throws IOException {
        Map<String, Object> facts = new LinkedHashMap<>();
        BuildFacts build = BuildFacts.read();
        facts.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version()
                + (build.runsOn(Runtime.version()) ? "" : ": older than " + build.jdk() + ", install a newer JDK"));
        boolean module = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        facts.put("vector module", module ? "present" : "absent: add --add-modules=jdk.incubator.vector");
        facts.put("kernels", Backends.ofProperty().name()
                + (Backends.ofProperty().name().startsWith("scalar") ? ": slow; needs the vector module and 256-bit vectors" : ""));
        facts.put("threads", Runtime.getRuntime().availableProcessors());
        facts.put("heap limit", Runtime.getRuntime().maxMemory() / (1 << 20) + " MiB");
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            facts.put("memory", os.getTotalMemorySize() / (1 << 20) + " MiB, " + os.getFreeMemorySize() / (1 << 20)
                    + " MiB free");
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        facts.put("temporary files", temporary + (Files.isDirectory(temporary) && Files.isWritable(temporary)
                ? ", " + Files.getFileStore(temporary).getUsableSpace() / (1 << 20) + " MiB free"
                : ": is not a folder that can be written to; set TMPDIR"));
        facts.put("native library", "none in this version: kernels are Java");
        facts.put("gpu", Files.exists(Path.of("/dev/nvidia0")) ? "found, but this version has no GPU kernels"
                : "none found; this version has no GPU kernels");
        print(facts);
        return OK;
    }
}
