package dev.chagres.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.bench.measure.Environment;
import dev.chagres.prove.remote.Traffic;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterReportTest {
    private static final ClusterBench.Plan PLAN =
            new ClusterBench.Plan(Path.of("model.pk"), List.of(1, 2), 1, 4, 32, 4, 2, Map.of());

    private static BatchFigures figures(int executors, boolean pinned, double batch, String digest) {
        return new BatchFigures(executors, pinned, 9, batch, List.of(5.0, 2.0, 2.0, 3.0), 400, 40_000,
                Map.of(1, digest));
    }

    private static ClusterReport report(double load, BatchFigures... figures) {
        ClusterReport report = new ClusterReport(PLAN, Environment.current(), load);
        List.of(figures).forEach(report::add);
        return report;
    }

    @Test
    void batchesAreComparedWithTheFirst() {
        ClusterReport report = report(0, figures(1, true, 12, "a"), figures(2, true, 8, "a"));
        assertThat(report.sameBytes()).isTrue();
        assertThat(report.toText()).contains("cores of its own").doesNotContain("DIFFER").containsPattern(
                "1 +9.00 s +12.00 s +1.00 x +20.00 +5.00 s +2.33 s +100 B +10.0 KB\n +2 +9.00 s +8.00 s +1.50 x +30.00 "
                        + "+3.50 s +2.50 s");
        assertThat(report.toJson()).containsEntry("conclusive", true).containsEntry("sameBytes", true);
        assertThat((List<?>) report.toJson().get("batches")).element(1).asString().contains("speedUp=1.5")
                .contains("linesPerMinute=30.0").contains("warmLineSeconds=2.5").contains("downBytes=400");
    }

    @Test
    void oneProofIsComparedWithThisProcessAndItsTrafficIsListed() {
        ClusterReport report = report(0, figures(1, true, 12, "a"));
        report.add(new ProofFigures(0, false, 9, 6, List.of(), List.of("d", "d")));
        List<Traffic.Kind> kinds = List.of(new Traffic.Kind("shared", 3, 2_000_000, 0),
                new Traffic.Kind("section", 4, 1_000, 500_000));
        report.add(new ProofFigures(2, true, 8, 4, kinds, List.of("d", "d")));
        assertThat(report.sameBytes()).isTrue();
        assertThat(report.toText()).containsPattern("this process +9.00 s +6.00 s +1.00 x +0.000 MB +0.000 MB\n"
                + "2 executors +8.00 s +4.00 s +1.50 x +2.001 MB +0.500 MB\n")
                .containsPattern("section +2 +4 +0.001 MB +0.500 MB\n").contains("cores of its own");
        assertThat((List<?>) report.toJson().get("proofs")).element(1).asString().contains("speedUp=1.5")
                .contains("name=section, calls=4, downBytes=1000, upBytes=500000");
        report.add(new ProofFigures(4, true, 8, 4, kinds, List.of("d", "other")));
        assertThat(report.sameBytes()).isFalse();
    }

    @Test
    void sharedCoresBusyMachinesAndOtherBytesAreTold() {
        ClusterReport shared = report(0, figures(1, true, 12, "a"), figures(4, false, 8, "b"));
        assertThat(shared.sameBytes()).isFalse();
        assertThat(shared.toText()).contains("DIFFER").contains("up to 4 executors of 1 cores share");
        assertThat(shared.toJson()).containsEntry("conclusive", false);
        ClusterReport busy = report(1e3, figures(1, true, 12, "a"));
        assertThat(busy.toText()).contains("other work wanted 1000.0 cores");
        assertThat(busy.toJson()).containsEntry("conclusive", false);
    }
}
