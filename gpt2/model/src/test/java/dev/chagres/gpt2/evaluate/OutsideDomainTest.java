package dev.chagres.gpt2.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelEdits;
import dev.chagres.gpt2.oracle.Decoders;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.profile.Progress;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Windows of a text that a model cannot run are named, and the figures are those of the others.
class OutsideDomainTest {
    private static final int WINDOWS = 6;
    private static final int TOKENS = 12;
    private static final int SHIFT = 4;

    @TempDir
    private static Path folder;

    private static SyntheticFixture fixture;
    /// All writes have tables.
    private static IntegerModel wide;
    private static List<Window> windows;
    /// By window, the most that any write adds.
    private static long[] added;

    @BeforeAll
    static void open() {
        fixture = new SyntheticFixture("2x3x72x50x64", 7, folder);
        wide = Decoders.of(fixture.model(), new Decoders.Kind(1, true, 9, SHIFT, 4, 1), 23);
        windows = Window.of(new SplittableRandom(4).ints(WINDOWS * TOKENS, 0, 50).toArray(), TOKENS, TOKENS, 0);
        added = windows.stream().mapToLong(w -> largest(run(wide, List.of(w)))).toArray();
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    private static EvaluationReport run(IntegerModel model, List<Window> windows) {
        try (Evaluation evaluation = new Evaluation(TestEngines.of(2), model)) {
            return evaluation.run(windows, Progress.NONE);
        }
    }

    /// The model, whose writes may add no more than a bound.
    private static IntegerModel bounded(long bound) {
        return ModelEdits.withQuotients(wide, Interval.symmetric(bound), Interval.symmetric(bound));
    }

    /// Shares of symmetric tables are largest additions, those of the stream's differences.
    @Test
    void sharesOfTables() {
        EvaluationReport report = run(wide, windows);
        assertThat(report.outside()).isEmpty();
        assertThat(report.writes()).extracting(WriteRange::layer).containsExactly(0, 0, 1, 1);
        assertThat(report.writes()).extracting(WriteRange::matrix).containsExactly("output", "down", "output", "down");
        assertThat(report.writes()).allSatisfy(w -> {
            assertThat(w.shift()).isEqualTo(SHIFT);
            assertThat(w.whole()).isTrue();
            assertThat(w.share()).isGreaterThan(0).isLessThanOrEqualTo(1);
        });
        assertThat(Suspicions.writes(report.writes(), "it")).isEmpty();
        assertThat(largest(report)).isEqualTo(Arrays.stream(added).max().orElseThrow());
        assertThat(run(fixture.model(), windows).writes()).as("narrow writes have no tables").isEmpty();
    }

    /// A bound between what windows add: those above it are outside, the others have the figures that they have alone.
    @Test
    void figuresAreOfTheWindowsInside() {
        List<Integer> inside = new ArrayList<>();
        List<Integer> outside = new ArrayList<>();
        long bound = middle();
        for (int i = 0; i < WINDOWS; i++) {
            (added[i] <= bound ? inside : outside).add(i);
        }
        assertThat(outside).isNotEmpty();
        EvaluationReport report = run(bounded(bound), windows);
        EvaluationReport alone = run(wide, inside.stream().map(windows::get).toList());
        assertThat(report.windows()).isEqualTo(inside.size());
        assertThat(report.predictions()).isEqualTo(alone.predictions()).isEqualTo(inside.size() * (TOKENS - 1L));
        assertThat(report.integerLoss().mean()).isEqualTo(alone.integerLoss().mean());
        assertThat(report.stream()).isEqualTo(alone.stream());
        assertThat(report.outside()).extracting(OutsideDomain::index).containsExactlyElementsOf(outside);
        assertThat(report.outside()).allSatisfy(o -> {
            assertThat(o.start()).isEqualTo(windows.get(o.index()).start());
            assertThat(o.cause().operation()).startsWith("layer" + o.layer() + ".");
            assertThat(o.cause().position()).isBetween(0, TOKENS - 2);
            DomainException.Excess excess = o.cause().excess().orElseThrow();
            assertThat(excess.limit()).isEqualTo(DomainException.Limit.WRITE);
            assertThat(excess.lowest()).isLessThanOrEqualTo(-bound);
            assertThat(excess.highest()).isGreaterThanOrEqualTo(bound);
            assertThat(new Interval(excess.lowest(), excess.highest()).contains(excess.value())).isFalse();
        });
        WriteRange nearest = report.nearestWrite().orElseThrow();
        assertThat(nearest.share()).as("the window that the bound is from").isCloseTo(1, within(1e-9));
        assertThat(nearest.whole()).isFalse();
        assertThat(Suspicions.writes(report.writes(), "it")).anySatisfy(s -> assertThat(s).contains(
                "layer " + nearest.layer() + ": what the " + nearest.matrix() + " matrix adds", "100 %", " on it"));
    }

    /// What about half of the windows stay within.
    private static long middle() {
        return Arrays.stream(added).sorted().skip(WINDOWS / 2).findFirst().orElseThrow();
    }

    /// The most that any write added.
    private static long largest(EvaluationReport report) {
        return report.writes().stream().mapToLong(w -> Math.round(w.share() * w.allowed().hi())).max().orElseThrow();
    }

    @Test
    void nothingInsideIsNoReport() {
        assertThatThrownBy(() -> run(bounded(1), windows)).isInstanceOf(DomainException.class)
                .hasMessageContaining("is added to the residual stream");
    }

    /// The texts of a task are counted alike.
    @Test
    void textsOutside() {
        List<LastWords.Text> texts = IntStream.range(0, WINDOWS)
                .mapToObj(i -> new LastWords.Text(10 + i, windows.get(i).ids(), TOKENS - 2)).toList();
        try (Evaluation evaluation = new Evaluation(TestEngines.of(2), bounded(middle()))) {
            LastWords.Report report = LastWords.run(evaluation, texts, Progress.NONE);
            assertThat(report.outside()).isNotEmpty()
                    .allSatisfy(o -> assertThat(o.start()).isEqualTo(10 + o.index()));
            assertThat(report.texts()).isPositive().isEqualTo(WINDOWS - report.outside().size());
            assertThat(report.lastToken().count()).isEqualTo(report.texts());
        }
    }
}
