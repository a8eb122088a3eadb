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
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `doctor`: what this machine offers, and what to do about what is missing.
@CommandLine.Command(name = "doctor", description = {
    "Checks JDK, vector width, threads, memory, native library and GPU.",
    "With --cluster, those of every executor. Exit code 1 if one of them cannot prove."})
final class DoctorCommand extends Command {
    private static final int UNFIT = 1;

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--threads", paramLabel = "N", description = "With --cluster: cores of an executor.")
    private Integer threads;

    @Option(names = "--pk", paramLabel = "FILE",
            description = "With --cluster: a proving key; executors say whether they see the same.")
    private Path pk;

    @Override
    int run() throws IOException {
        if (cluster.given(threads != null || pk != null, "--cluster-set, --threads and --pk go")) {
            return look();
        }
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

    private int look() throws IOException {
        if (threads != null && threads < 1) {
            throw new CommandException("--threads must be at least 1, not " + threads);
        }
        if (pk != null) {
            Inputs.regular(pk);
        }
        Cluster.Place place = cluster.place(threads == null ? OptionalInt.empty() : OptionalInt.of(threads));
        List<ExecutorFacts> executors = ClusterOptions.service("doctor --cluster URL").look(place, pk);
        if (json()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("cluster", place.url());
            facts.put("executors", executors.stream().map(ExecutorFacts::toJson).toList());
            printJson(facts);
        } else {
            out().print(ExecutorTable.of(executors));
            out().flush();
        }
        return executors.stream().allMatch(e -> e.error().isEmpty()) ? OK : UNFIT;
    }
}
