package dev.chagres.bench.kernel;

import java.util.ArrayList;
import java.util.List;

/// The kernels of issue 3 at a size that stays in cache and one that does not, in the order of its table.
final class KernelCases {
    private static final Goal BASE_FIELD = new Goal.Share(0.85);
    private static final Goal EXTENSION = new Goal.Share(0.70);
    private static final Goal LAYERS = new Goal.Share(0.60);
    private static final Goal HASH = new Goal.Rate(4, Unit.BYTES);
    private static final Goal MATRIX = new Goal.Rate(25, Unit.PRODUCTS);
    private static final Goal BANDWIDTH = new Goal.Bandwidth();

    private final List<KernelCase> cases = new ArrayList<>();

    private KernelCases() {}

    static List<KernelCase> all() {
        KernelCases c = new KernelCases();
        c.baseField();
        c.smallValues();
        c.extensionField();
        c.sumcheck();
        c.logUp();
        c.circleFft();
        c.blake3();
        c.matrix();
        c.tables();
        return c.cases;
    }

    private static String power(int log) {
        return "2^" + log;
    }

    private void baseField() {
        for (int log : new int[] {14, 24}) {
            int n = 1 << log;
            Goal goal = log == 14 ? BASE_FIELD : BANDWIDTH;
            cases.add(KernelCase.of("addBase", power(log), n, Unit.ELEMENTS, goal, () -> BaseFieldBenchmark.of(n),
                    BaseFieldBenchmark::addBase));
            cases.add(KernelCase.of("mulBase", power(log), n, Unit.ELEMENTS, goal, () -> BaseFieldBenchmark.of(n),
                    BaseFieldBenchmark::mulBase));
            cases.add(KernelCase.of("mulAddBase", power(log), n, Unit.ELEMENTS, goal, () -> BaseFieldBenchmark.of(n),
                    BaseFieldBenchmark::mulAddBase));
        }
    }

    private void smallValues() {
        for (int log : new int[] {13, 19}) {
            int n = 1 << log;
            cases.add(KernelCase.of("combineRows", SmallValueBenchmark.ROWS + "x" + power(log),
                    (double) n * SmallValueBenchmark.ROWS, Unit.PRODUCTS, BASE_FIELD, () -> SmallValueBenchmark.of(n),
                    SmallValueBenchmark::combineRows));
        }
        int n = 1 << 13;
        cases.add(KernelCase.returning("dotBase", power(13), n, Unit.PRODUCTS, BASE_FIELD, () -> SmallValueBenchmark.of(n),
                SmallValueBenchmark::dotBase));
        cases.add(KernelCase.of("addScaledBase", power(13), n, Unit.PRODUCTS, BASE_FIELD, () -> SmallValueBenchmark.of(n),
                SmallValueBenchmark::addScaledBase));
    }

    private void extensionField() {
        for (int log : new int[] {14, 22}) {
            int n = 1 << log;
            cases.add(KernelCase.of("mulExt", power(log), n, Unit.ELEMENTS, EXTENSION, () -> ExtensionFieldBenchmark.of(n),
                    ExtensionFieldBenchmark::mulExt));
            cases.add(KernelCase.of("mulExtByBase", power(log), n, Unit.ELEMENTS, EXTENSION,
                    () -> ExtensionFieldBenchmark.of(n), ExtensionFieldBenchmark::mulExtByBase));
        }
    }

    private void sumcheck() {
        for (int log : new int[] {14, 21}) {
            int n = 1 << log;
            cases.add(KernelCase.of("foldBase", power(log), n, Unit.ELEMENTS, EXTENSION, () -> SumcheckBenchmark.of(n),
                    SumcheckBenchmark::foldBase));
            cases.add(KernelCase.of("foldExt", power(log), n, Unit.ELEMENTS, EXTENSION, () -> SumcheckBenchmark.of(n),
                    SumcheckBenchmark::foldExt));
            cases.add(KernelCase.returning("roundProduct", power(log), n, Unit.ELEMENTS, LAYERS, () -> SumcheckBenchmark.of(n),
                    SumcheckBenchmark::roundProduct));
            cases.add(KernelCase.returning("roundEqProduct", power(log), n, Unit.ELEMENTS, LAYERS,
                    () -> SumcheckBenchmark.of(n), SumcheckBenchmark::roundEqProduct));
        }
    }

    private void logUp() {
        for (int log : new int[] {12, 20}) {
            int n = 1 << log;
            cases.add(KernelCase.of("addUnitFractions", power(log), n, Unit.ELEMENTS, LAYERS, () -> LogUpBenchmark.of(n),
                    LogUpBenchmark::addUnitFractions));
            cases.add(KernelCase.of("addFractions", power(log), n, Unit.ELEMENTS, LAYERS, () -> LogUpBenchmark.of(n),
                    LogUpBenchmark::addFractions));
            cases.add(KernelCase.returning("roundFractions", power(log), n, Unit.ELEMENTS, LAYERS, () -> LogUpBenchmark.of(n),
                    LogUpBenchmark::roundFractions));
            cases.add(KernelCase.returning("roundFractionsMerged", power(log), n, Unit.ELEMENTS, LAYERS,
                    () -> LogUpBenchmark.of(n), LogUpBenchmark::roundFractionsMerged));
        }
    }

    private void circleFft() {
        for (int log : new int[] {14, 16, 18, 20}) {
            encode(log, 1);
        }
        encode(16, 8);
        for (int log : new int[] {16, 20}) {
            cases.add(KernelCase.of("encodeTransposed", power(log), 1 << log, Unit.ELEMENTS, LAYERS,
                    () -> CircleFftBenchmark.of(log, 1), CircleFftBenchmark::encodeTransposed));
        }
    }

    private void encode(int log, int rows) {
        cases.add(KernelCase.of("encode", rows == 1 ? power(log) : rows + "x" + power(log), (double) rows * (1 << log),
                Unit.ELEMENTS, LAYERS, () -> CircleFftBenchmark.of(log, rows), CircleFftBenchmark::encode));
    }

    private void blake3() {
        for (int log : new int[] {10, 17}) {
            int n = 1 << log;
            cases.add(KernelCase.of("hashColumns", Blake3Benchmark.ROWS + "x" + power(log), 4.0 * Blake3Benchmark.ROWS * n,
                    Unit.BYTES, HASH, () -> Blake3Benchmark.of(n), Blake3Benchmark::hashColumns));
            cases.add(KernelCase.of("hashPairs", power(log), 64.0 * n, Unit.BYTES, HASH, () -> Blake3Benchmark.of(n),
                    Blake3Benchmark::hashPairs));
        }
    }

    private void matrix() {
        for (String shape : List.of("256x64x256", "768x768x128", "3072x768x128", "768x3072x128")) {
            cases.add(KernelCase.of("matmul", shape, MatrixBenchmark.products(shape), Unit.PRODUCTS, MATRIX, () -> MatrixBenchmark.of(shape),
                    MatrixBenchmark::matmul));
        }
        for (String shape : List.of("768x768x1", "50257x768x1")) {
            cases.add(KernelCase.of("matvec", shape, MatrixBenchmark.products(shape), Unit.PRODUCTS, BANDWIDTH, () -> MatrixBenchmark.of(shape),
                    MatrixBenchmark::matvec));
        }
    }

    private void tables() {
        for (int log : new int[] {14, 24}) {
            int n = 1 << log;
            int tableBits = log == 14 ? 12 : 22;
            String entries = power(log) + " of " + power(tableBits);
            cases.add(KernelCase.of("lookup", entries, n, Unit.ELEMENTS, BANDWIDTH, () -> TableBenchmark.of(n, tableBits),
                    TableBenchmark::lookup));
            cases.add(KernelCase.of("histogram", entries, n, Unit.ELEMENTS, BANDWIDTH, () -> TableBenchmark.of(n, tableBits),
                    TableBenchmark::histogram));
            cases.add(KernelCase.returning("max", power(log), n, Unit.ELEMENTS, BANDWIDTH, () -> TableBenchmark.of(n, tableBits),
                    TableBenchmark::max));
            cases.add(KernelCase.of("shiftRound", power(log), n, Unit.ELEMENTS, BANDWIDTH, () -> TableBenchmark.of(n, tableBits),
                    TableBenchmark::shiftRound));
        }
    }
}
