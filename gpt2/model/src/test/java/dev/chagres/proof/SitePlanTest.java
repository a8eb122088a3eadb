package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.graph.Graph;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.run.MemoryPlan;
import dev.chagres.statement.TokenSequence;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Memory of the sites and of the coordinator of one proof of GPT-2 XL, from its sizes alone.
final class SitePlanTest {
    private static final int THREADS = 4;
    private static final Path FOLDER = Path.of("spill");
    private static Host host;
    private static Graph graph;
    private static CommitmentParameters parameters;
    private static long whole;

    @BeforeAll
    static void sizes() {
        DecoderSpec xl = PublicModels.of(SpecEdits.shape(48, 25, 64, 1600, 6400, 50257, 1024, 50256));
        parameters = ProofSecurity.choose(xl, ProofSecurity.MINIMUM_BITS);
        graph = xl.compile(new TokenSequence(new int[1024], 1000)).graph();
        host = TestHosts.of(THREADS);
        whole = MemoryPlan.whole(graph, parameters, THREADS, host);
    }

    private static MemoryPlan.Limit limit(long bytes) {
        return new MemoryPlan.Limit(bytes, 0, 0, 0, FOLDER);
    }

    private static long site(int sites) {
        return MemoryPlan.wholeSite(graph, parameters, host, sites, THREADS);
    }

    @Test
    void noSiteCouldHoldTheProofAlone() {
        long before = site(1);
        assertThat(before).isBetween(whole / 2, whole * 5 / 4);
        for (int sites : new int[] {2, 4, 8, 12}) {
            long part = site(sites);
            assertThat(part).as("%d sites", sites).isLessThan(before);
            before = part;
        }
        assertThat(before).isLessThan(whole / 2);
        // In that much it keeps everything that it owns, and has the threads for all of it.
        MemoryPlan plan = MemoryPlan.ofSite(graph, parameters, host, limit(before), 12, THREADS);
        assertThat(plan.sectionsAtOnce()).isEqualTo(THREADS);
        assertThat(plan.spillFolder()).isEqualTo(FOLDER);
    }

    @Test
    void theCoordinatorNeedsNoTensors() {
        MemoryPlan plan = MemoryPlan.ofCoordinator(graph, parameters, host, limit(whole / 3));
        assertThat(plan.spillFolder()).as("nothing is spilled").isNull();
        assertThat(plan.taskBytes()).isLessThan(whole / 3);
    }

    @Test
    void whoCannotHoldItsPartSaysSoInOneLine() {
        assertThatThrownBy(() -> MemoryPlan.ofSite(graph, parameters, host, limit(1 << 20), 12, THREADS))
                .isInstanceOf(IllegalArgumentException.class).message()
                .matches("a site of 12 of this proof needs at least \\d+ MiB of memory, 1 MiB are allowed;"
                        + " raise --memory, take more sites, or shorten the sequence");
        assertThatThrownBy(() -> MemoryPlan.ofCoordinator(graph, parameters, host, limit(1 << 20)))
                .isInstanceOf(IllegalArgumentException.class).message()
                .matches("the coordinator of this proof needs at least \\d+ MiB of memory, 1 MiB are allowed;"
                        + " raise --memory or shorten the sequence");
    }

    @Test
    void aHeapThatIsTooSmallIsRefused() {
        long heap = MemoryPlan.heapOfSite(graph, parameters);
        MemoryPlan.checkHeapOfSite(graph, parameters, heap);
        assertThatThrownBy(() -> MemoryPlan.checkHeapOfSite(graph, parameters, heap - 1))
                .isInstanceOf(IllegalArgumentException.class).message()
                .matches("a site of this proof needs a heap of at least \\d+ MiB, \\d+ MiB are allowed; .*");
        assertThatThrownBy(() -> MemoryPlan.checkHeapOfCoordinator(graph, parameters, 12, heap))
                .as("twelve answers").isInstanceOf(IllegalArgumentException.class);
    }
}
