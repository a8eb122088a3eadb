package dev.chagres.bench.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.bench.measure.CLimits;
import dev.chagres.bench.measure.CLimits.Limit;
import dev.chagres.bench.measure.CLimits.Part;
import dev.chagres.bench.measure.Environment;
import dev.chagres.bench.measure.Sampler;
import dev.chagres.bench.measure.Timing;
import dev.chagres.prove.profile.Progress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KernelReportTest {
    private static final Environment HERE = new Environment(
            "This CPU", 2, 1L << 30, "Linux amd64", "VM 25", List.of("-Xmx4g"), "vector-512", 512, Optional.of("abc"));

    private static KernelCase find(String kernel, String size) {
        return KernelCases.all().stream().filter(c -> c.kernel().equals(kernel) && c.size().equals(size)).findFirst()
                .orElseThrow();
    }

    private static KernelReport report(String cpu) {
        Part limits = new Part(cpu, "gcc 12", "-O3", List.of(
                new Limit("mulExt", "2^14", "same", "Gelem/s", 0.7, 0.8),
                new Limit("mulExt", "2^14", "trick", "Gelem/s", 0.9, 1.6)));
        KernelReport report = new KernelReport(HERE, Optional.of(limits));
        // 2^14 elements in 32768 and 25600 ns: 0.5 and 0.64 a ns.
        report.add(find("mulExt", "2^14"), new Timing(32768, 25600, 151, 40, 1.5),
                Optional.of(new Timing(16384, 12800, 151, 40, 0)));
        report.add(find("hashPairs", "2^10"), new Timing(32768, 16384, 151, 40, 0.1), Optional.empty());
        report.add(find("max", "2^24"), new Timing(32768, 16384, 151, 40, 0.1), Optional.empty());
        return report;
    }

    @Test
    @SuppressWarnings("unchecked")
    void figuresAreComparedWithLimitsAndGoals() {
        Map<String, Object> json = report("This CPU").toJson();
        assertThat((Map<String, Object>) json.get("environment")).containsEntry("cpu", "This CPU")
                .containsEntry("cLimitsOfThisCpu", true).containsEntry("cLimitsCompiler", "gcc 12 -O3");
        List<Map<String, Object>> kernels = (List<Map<String, Object>>) json.get("kernels");
        assertThat(kernels.get(0)).containsEntry("kernel", "mulExt").containsEntry("size", "2^14")
                .containsEntry("rate", 0.5).containsEntry("nativeRate", 1.0).containsEntry("nativeBest", 1.28)
                .containsEntry("best", 0.64).containsEntry("unit", "Gelem/s").containsEntry("cLimit", 0.8)
                .containsEntry("cFastest", 1.6).containsEntry("cFastestVariant", "trick")
                .containsEntry("goal", "70 % of C")
                .containsEntry("met", true).containsEntry("samples", 151).containsEntry("fullSpeedSeconds", 1.5);
        assertThat((double) kernels.get(0).get("shareOfC")).isBetween(0.799, 0.801);
        assertThat(kernels.get(1)).containsEntry("goal", "4 GB/s").containsEntry("met", true)
                .containsEntry("cLimit", null);
        assertThat(kernels.get(2)).containsEntry("goal", "bandwidth").containsEntry("met", null);
    }

    @Test
    void theTableHasALineForEachKernelAndTheEnvironment() {
        List<String> lines = report("This CPU").toText().lines().toList();
        assertThat(lines.get(0)).containsSubsequence("kernel", "size", "median", "best", "unit", "C", "share",
                "goal", "met");
        assertThat(lines.get(1)).containsSubsequence("mulExt", "2^14", "0.500", "0.640", "Gelem/s", "0.800", "80 %",
                "70 % of C", "yes", "1.280", "2.00");
        assertThat(lines.get(3)).containsSubsequence("max", "2^24", "-", "-", "bandwidth", "-");
        assertThat(String.join("\n", lines)).contains("This CPU, 2 cores", "VM 25", "-Xmx4g", "vector-512", "abc",
                "gcc 12, -O3, this processor");
    }

    @Test
    void limitsOfAnotherProcessorAreSaidToBe() {
        assertThat(report("Other CPU").toText()).contains("on another processor: Other CPU");
        assertThat(report("Other CPU").toJson().toString()).contains("cLimitsOfThisCpu=false");
    }

    @Test
    void kernelsAreChosenByNameAndSize() {
        KernelReport r = KernelReport.measure(Pattern.compile("^(add|mul)Base 2\\^14"), Sampler.glance(),
                Progress.NONE);
        assertThat(r.toText().lines().filter(l -> l.contains("Base"))).hasSize(2);
        assertThatThrownBy(() -> KernelReport.measure(Pattern.compile("nothing"), Sampler.glance(), Progress.NONE))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("mulExt");
    }

    /// Names, sizes and units in the recorded file are those of the cases, for every processor.
    @Test
    void everyKernelHasARecordedLimit() {
        for (Part part : CLimits.recorded().parts()) {
            Set<String> known = new HashSet<>();
            for (KernelCase c : KernelCases.all()) {
                assertThat(part.same(c.kernel(), c.size())).as("%s %s", c.kernel(), c.size()).isPresent();
                assertThat(part.same(c.kernel(), c.size()).orElseThrow().unit()).isEqualTo(c.unit().toString());
                known.add(c.kernel());
            }
            assertThat(part.limits()).extracting(Limit::kernel).isSubsetOf(known);
        }
    }
}
