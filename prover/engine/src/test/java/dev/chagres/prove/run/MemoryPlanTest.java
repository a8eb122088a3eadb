package dev.chagres.prove.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chagres.graph.Graph;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.TestHosts;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Plans from the least limit that is enough to more than all of it.
final class MemoryPlanTest {
    private static final long FIXED = 7L << 20;
    private static final long KEY = 150L << 20;
    private static final long SPARED = 3L << 20;
    private static final Path FOLDER = Path.of("spill");

    private final Graph graph = SmallGraph.compile().graph();

    private MemoryPlan plan(int threads, long bytes) {
        return MemoryPlan.of(graph, TrialGraph.PARAMETERS, TestHosts.of(threads),
                new MemoryPlan.Limit(bytes, FIXED, KEY, SPARED, FOLDER));
    }

    /// What a refusal asks for.
    private long needed(int threads) {
        IllegalArgumentException refusal = catchThrowableOfType(
                IllegalArgumentException.class, () -> plan(threads, 1 << 20));
        Matcher m = Pattern.compile("needs at least (\\d+) MiB of memory, 1 MiB are allowed; raise --memory")
                .matcher(refusal.getMessage());
        assertThat(m.find()).as("%s", refusal.getMessage()).isTrue();
        return Long.parseLong(m.group(1)) << 20;
    }

    @Test
    void aRefusalAsksForWhatIsEnough() {
        for (int threads = 1; threads <= 4; threads++) {
            long needed = needed(threads);
            MemoryPlan plan = plan(threads, needed);
            assertThat(plan.sectionsAtOnce()).isBetween(1, threads);
            int t = threads;
            assertThat(catchThrowableOfType(IllegalArgumentException.class, () -> plan(t, needed - (2 << 20))))
                    .as("two MiB less, %d threads", threads).isNotNull();
        }
    }

    /// The least limit under which nothing is given up.
    @Test
    void theWholeIsWhatAProofTakesWithoutALimit() {
        for (int threads = 1; threads <= 4; threads++) {
            long whole = MemoryPlan.whole(graph, TrialGraph.PARAMETERS, threads, TestHosts.of(1));
            MemoryPlan plan = plan(threads, FIXED + KEY + whole);
            assertThat(plan.sectionsAtOnce()).isEqualTo(threads);
            assertThat(plan.sparesKey()).isFalse();
            assertThat(plan.spillFolder()).isNull();
            assertThat(plan(threads, FIXED + KEY + whole - 1).sparesKey()).isTrue();
        }
    }

    @Test
    void everyPlanKeepsItsLimit() {
        for (int threads = 1; threads <= 4; threads++) {
            int atOnce = 1;
            for (long bytes = needed(threads); bytes < 4L << 30; bytes += 50L << 20) {
                MemoryPlan plan = plan(threads, bytes);
                assertThat(plan.sectionsAtOnce()).as("%d bytes for %d threads", bytes, threads)
                        .isBetween(atOnce, threads);
                atOnce = plan.sectionsAtOnce();
                if (plan.spillFolder() != null) {
                    assertThat(plan.spillFolder()).isEqualTo(FOLDER);
                    assertThat(plan.whileProving()).isPositive();
                    assertThat(plan.whileEvaluating()).isPositive().isLessThan(bytes - FIXED - SPARED);
                    assertThat(plan.taskBytes()).isLessThanOrEqualTo(bytes - FIXED - SPARED);
                }
            }
            assertThat(plan(threads, 1L << 40).sectionsAtOnce()).isEqualTo(threads);
            assertThat(plan(threads, 1L << 40).spillFolder()).as("nothing is spilled").isNull();
        }
    }

    @Test
    void theKeyIsSparedWhereItDoesNotFitAndBeforeAnythingIsSpilled() {
        int changes = 0;
        MemoryPlan before = plan(1, needed(1));
        assertThat(before.sparesKey()).isTrue();
        for (long bytes = needed(1); bytes < 4L << 30; bytes += 1L << 20) {
            MemoryPlan plan = plan(1, bytes);
            assertThat(plan.sparesKey() || plan.spillFolder() == null).as("%d bytes", bytes).isTrue();
            assertThat(!plan.sparesKey() || before.sparesKey()).as("%d bytes", bytes).isTrue();
            changes += plan.sparesKey() == before.sparesKey() ? 0 : 1;
            before = plan;
        }
        assertThat(changes).isEqualTo(1);
    }

    @Test
    void withoutALimitEverythingStaysInMemory() {
        assertThat(MemoryPlan.unlimited(3))
                .isEqualTo(new MemoryPlan(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, 3, false, null));
    }
}
