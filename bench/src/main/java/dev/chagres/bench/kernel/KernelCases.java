package dev.chagres.bench.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// The kernels that are compared with C, each at a size that stays in cache and one that does not.
final class KernelCases {
    private static final Goal BASE_FIELD = new Goal.Share(0.85);
    private static final Goal EXTENSION = new Goal.Share(0.70);
    private static final Goal LAYERS = new Goal.Share(0.60);
    private static final Goal HASH = new Goal.Rate(4, Unit.BYTES);
    private static final Goal MATRIX = new Goal.Rate(25, Unit.PRODUCTS);
    private static final Goal BANDWIDTH = new Goal.Bandwidth();
    /// Of kernels that should reach the bandwidth of memory, where they stay in cache.
    private static final Goal IN_CACHE = new Goal.None();

    private final List<KernelCase> cases = new ArrayList<>();

    private KernelCases() {}

    static List<KernelCase> all() {
        KernelCases c = new KernelCases();
        c.baseField();
        c.smallValues();
        c.extensionField();
        c.sumcheck();
        c.logUp();
        c.foldRounds();
        c.circleFft();
        c.blake3();
        c.matrix();
        c.tables();
        return c.cases;
    }

    private static String power(int log) {
        return "2^" + log;
    }

    private static String power(int times, int log) {
        return times + "x2^" + log;
    }

    private void baseField() {
        for (int log : new int[] {14, 24}) {
            int n = 1 << log;
            Supplier<BaseFieldBenchmark> b = () -> BaseFieldBenchmark.of(n);
            Elements<BaseFieldBenchmark> e = new Elements<>(log, log == 14 ? BASE_FIELD : BANDWIDTH, b);
            e.writing("addBase", BaseFieldBenchmark::addBase);
            e.writing("mulBase", BaseFieldBenchmark::mulBase);
            e.writing("mulAddBase", BaseFieldBenchmark::mulAddBase);
        }
    }

    private void smallValues() {
        for (int log : new int[] {13, 19}) {
            int n = 1 << log;
            int rows = SmallValueBenchmark.ROWS;
            Supplier<SmallValueBenchmark> b = () -> SmallValueBenchmark.of(n);
            cases.add(KernelCase.of("combineRows", power(rows, log), (double) n * rows, Unit.PRODUCTS, BASE_FIELD, b,
                    SmallValueBenchmark::combineRows));
            cases.add(KernelCase.of("combineRowsInt16", power(rows, log), (double) n * rows, Unit.PRODUCTS,
                    BASE_FIELD, b, SmallValueBenchmark::combineRowsInt16));
            if (log == 13) {
                cases.add(KernelCase.returning("dotBase", power(log), n, Unit.PRODUCTS, BASE_FIELD, b,
                        SmallValueBenchmark::dotBase));
                cases.add(KernelCase.of("addScaledBase", power(log), n, Unit.PRODUCTS, BASE_FIELD, b,
                        SmallValueBenchmark::addScaledBase));
            }
        }
    }

    private void extensionField() {
        for (int log : new int[] {14, 22}) {
            Elements<ExtensionFieldBenchmark> e = new Elements<>(log, EXTENSION,
                    () -> ExtensionFieldBenchmark.of(1 << log));
            e.writing("mulExt", ExtensionFieldBenchmark::mulExt);
            e.writing("mulExtByBase", ExtensionFieldBenchmark::mulExtByBase);
        }
    }

    private void sumcheck() {
        for (int log : new int[] {13, 21}) {
            Supplier<SumcheckBenchmark> b = () -> SumcheckBenchmark.of(1 << log);
            Elements<SumcheckBenchmark> folds = new Elements<>(log, EXTENSION, b);
            folds.writing("foldBase", SumcheckBenchmark::foldBase);
            folds.writing("foldExt", SumcheckBenchmark::foldExt);
            Elements<SumcheckBenchmark> rounds = new Elements<>(log, LAYERS, b);
            rounds.returning("roundProduct", SumcheckBenchmark::roundProduct);
            rounds.returning("roundEqProduct", SumcheckBenchmark::roundEqProduct);
            rounds.returning("roundEqProduct3", SumcheckBenchmark::roundEqProduct3);
        }
    }

    private void logUp() {
        for (int log : new int[] {12, 20}) {
            Elements<LogUpBenchmark> e = new Elements<>(log, LAYERS, () -> LogUpBenchmark.of(1 << log));
            e.writing("leafPair", LogUpBenchmark::leafPair);
            e.writing("leafQuad", LogUpBenchmark::leafQuad);
            e.writing("addUnitFractions", LogUpBenchmark::addUnitFractions);
            e.writing("addFractions", LogUpBenchmark::addFractions);
            e.returning("roundFractions", LogUpBenchmark::roundFractions);
            e.returning("roundMerged", LogUpBenchmark::roundMerged);
        }
    }

    private void foldRounds() {
        for (int log : new int[] {12, 20}) {
            Elements<FoldRoundBenchmark> e = new Elements<>(log, LAYERS, () -> FoldRoundBenchmark.of(1 << log));
            e.returning("foldRoundProduct", FoldRoundBenchmark::foldRoundProduct);
            e.returning("foldRoundEqProduct", FoldRoundBenchmark::foldRoundEqProduct);
            e.returning("foldRoundMerged", FoldRoundBenchmark::foldRoundMerged);
        }
    }

    private void circleFft() {
        for (int log : new int[] {14, 16, 18, 20}) {
            Elements<CircleFftBenchmark> e = new Elements<>(log, LAYERS, () -> CircleFftBenchmark.of(log, 1));
            e.writing("encode", CircleFftBenchmark::encode);
            e.writing("encodeTransposed", CircleFftBenchmark::encodeTransposed);
        }
        cases.add(KernelCase.of("encode", power(8, 16), 8 << 16, Unit.ELEMENTS, LAYERS,
                () -> CircleFftBenchmark.of(16, 8), CircleFftBenchmark::encode));
    }

    private void blake3() {
        for (int log : new int[] {10, 17}) {
            int n = 1 << log;
            int rows = Blake3Benchmark.ROWS;
            Supplier<Blake3Benchmark> b = () -> Blake3Benchmark.of(n);
            cases.add(KernelCase.of("hashColumns", power(rows, log), 4.0 * rows * n, Unit.BYTES, HASH, b,
                    Blake3Benchmark::hashColumns));
            cases.add(KernelCase.of("hashPairs", power(log), 64.0 * n, Unit.BYTES, HASH, b,
                    Blake3Benchmark::hashPairs));
        }
    }

    private void matrix() {
        for (String shape : List.of("256x64x256", "768x768x128", "3072x768x128", "768x3072x128")) {
            cases.add(KernelCase.of("matmul", shape, MatrixBenchmark.products(shape), Unit.PRODUCTS, MATRIX,
                    () -> MatrixBenchmark.of(shape), MatrixBenchmark::matmul));
        }
        matvec("768x768x1", IN_CACHE);
        matvec("50257x768x1", BANDWIDTH);
    }

    private void matvec(String shape, Goal goal) {
        cases.add(KernelCase.of("matvec", shape, MatrixBenchmark.products(shape), Unit.PRODUCTS, goal,
                () -> MatrixBenchmark.of(shape), MatrixBenchmark::matvec));
    }

    private void tables() {
        tables(14, 12, IN_CACHE);
        tables(24, 22, BANDWIDTH);
    }

    private void tables(int log, int tableBits, Goal goal) {
        int n = 1 << log;
        String entries = power(log) + " of " + power(tableBits);
        Supplier<TableBenchmark> b = () -> TableBenchmark.of(n, tableBits);
        cases.add(KernelCase.of("lookup", entries, n, Unit.ELEMENTS, goal, b, TableBenchmark::lookup));
        cases.add(KernelCase.of("histogram", entries, n, Unit.ELEMENTS, goal, b, TableBenchmark::histogram));
        Elements<TableBenchmark> e = new Elements<>(log, goal, b);
        e.returning("max", TableBenchmark::max);
        e.writing("shiftRound", TableBenchmark::shiftRound);
    }

    /// Adds cases on 2^log elements.
    private final class Elements<B extends KernelBenchmark> {
        private final int log;
        private final Goal goal;
        private final Supplier<B> benchmark;

        Elements(int log, Goal goal, Supplier<B> benchmark) {
            this.log = log;
            this.goal = goal;
            this.benchmark = benchmark;
        }

        void writing(String kernel, Consumer<B> call) {
            cases.add(KernelCase.of(kernel, power(log), 1 << log, Unit.ELEMENTS, goal, benchmark, call));
        }

        void returning(String kernel, Function<B, Object> call) {
            cases.add(KernelCase.returning(kernel, power(log), 1 << log, Unit.ELEMENTS, goal, benchmark, call));
        }
    }
}
