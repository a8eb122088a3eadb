package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.DeviceException;
import dev.chagres.ffm.Emulation;
import dev.chagres.ffm.StatementOperands;
import dev.chagres.ffm.Status;
import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Factor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.TableFactor;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.StatementRounds;
import dev.chagres.prove.stage.TermSum;
import dev.chagres.prove.sumcheck.PartialColumn;
import dev.chagres.prove.sumcheck.RandomStatement;
import dev.chagres.prove.sumcheck.SumcheckProver;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Statements on the emulated device against those of the processor.
class DeviceStatementTest {
    private static final long SLAB = 16 << 20;
    private static final Stages CPU = TestHosts.of(1).stages();

    private static DeviceSite site;
    private static Stages stages;

    @BeforeAll
    static void open() {
        site = EmulatedSites.open(SLAB, 1);
        stages = new DeviceStages(site, TestHosts.of(1), CPU);
    }

    /// Not reached where there is no library: then the class is skipped.
    @AfterEach
    void allMemoryIsBack() {
        assertThat(site.device().available()).isEqualTo(SLAB);
    }

    @AfterAll
    static void close() {
        if (site != null) {
            site.close();
        }
    }

    private static StatementProgram program(Statement s, boolean weighted) {
        List<Factor> factors = new ArrayList<>(s.expression().factors());
        Map<Factor, Integer> numbers = new HashMap<>();
        factors.forEach(f -> numbers.put(f, numbers.size()));
        TermSum body = TermSum.of(s.expression(), numbers);
        for (int f = 0; weighted && f < factors.size(); f++) {
            if (factors.get(f) instanceof EqFactor && body.divisible(f)) {
                return new StatementProgram(s, factors, body.divide(f), f);
            }
        }
        return new StatementProgram(s, factors, body, -1);
    }

    /// All that both stages are asked for, at random challenges; degrees at least those of the statement.
    private static void compare(StatementProgram p, Function<Column, ? extends IntTensor> data, String where) {
        try (StatementRounds actual = stages.statement(p, data)) {
            assertThat(actual).as(where).isInstanceOf(DeviceStatement.class);
            compare(p, data, actual, where);
        }
    }

    private static void compare(StatementProgram p, Function<Column, ? extends IntTensor> data, StatementRounds actual,
            String where) {
        Random random = new Random(where.hashCode());
        int bits = p.statement().bits();
        try (StatementRounds expected = CPU.statement(p, data)) {
            for (int v = bits - 1; v >= LayerRounds.SCALAR_BITS; v--) {
                int degree = p.statement().degree(v) + random.nextInt(3) / 2;
                String round = where + ", variable " + v + " of degree " + degree;
                assertThat(actual.round(v, degree)).as(round).isEqualTo(expected.round(v, degree));
                if (random.nextInt(3) == 0) {
                    assertThat(actual.atOne(v)).as(round).isEqualTo(expected.atOne(v));
                }
                QM31 r = TestTensors.element(random);
                expected.bind(v, r);
                actual.bind(v, r);
            }
            int left = Math.min(bits, LayerRounds.SCALAR_BITS);
            assertThat(actual.values(left)).as(where).isDeepEqualTo(expected.values(left));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 7, 9})
    void randomStatementsAreThoseOfTheProcessor(int bits) {
        for (long seed = 0; seed < 24; seed++) {
            Emulation.seed(site.device(), seed % 4);
            RandomStatement r = new RandomStatement(seed, bits);
            String where = "seed " + seed + ", " + bits + " variables";
            compare(program(r.statement, true), r.data::get, where);
            compare(program(r.statement, false), r.data::get, where + ", without weight");
        }
    }

    /// Several blocks a launch.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void largerStatementsAreThoseOfTheProcessor(long seed) {
        RandomStatement r = new RandomStatement(1000 + seed, 12);
        compare(program(r.statement, true), r.data::get, "seed " + seed);
    }

    /// The provers send the same bytes.
    @ParameterizedTest
    @ValueSource(longs = {51, 52, 53, 54, 55, 56})
    void proofsHaveTheBytesOfTheProcessor(long seed) {
        RandomStatement r = new RandomStatement(seed, 7);
        QM31 claim = r.bruteForce();
        assertThat(proof(r, claim, stages)).as("seed %d", seed).isEqualTo(proof(r, claim, CPU));
    }

    private static byte[] proof(RandomStatement r, QM31 claim, Stages stages) {
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        SumcheckProver.prove(channel, "t", r.statement, claim, r.data::get, stages, _ -> { });
        return channel.bytes();
    }

    @ParameterizedTest
    @MethodSource("dev.chagres.prove.sumcheck.PartialColumn#kinds")
    void columnsAreBoundAtEveryMixOfAxes(String low, String high) {
        for (int width : new int[] {8, 16, 32}) {
            PartialColumn c = PartialColumn.of(low, high, width);
            compare(program(new Statement(c.variables(), Expression.of(c.factor())), false), _ -> c.data(),
                    c.toString());
            List<Variable> reversed = c.variables().reversed();
            compare(program(new Statement(reversed, Expression.of(c.factor())), false), _ -> c.data(),
                    c + ", last variable lowest");
        }
    }

    @Test
    void absentTilesAreZero() {
        Axis[] axes = {Axis.low("x0", 2), Axis.low("x1", 3), Axis.high("x2", 3), Axis.high("x3", 3)};
        Shape shape = Shape.causal("x2", "x3", axes);
        for (int mask = 0; mask < 16; mask++) {
            List<String> kinds = new ArrayList<>();
            for (int k = 0; k < 4; k++) {
                kinds.add((mask >> k & 1) == 1 ? "f" : "v");
            }
            PartialColumn c = new PartialColumn(shape, kinds, 16, new Random(mask));
            compare(program(new Statement(c.variables(), Expression.of(c.factor())), false), _ -> c.data(),
                    c.toString());
        }
    }

    /// A product of `degree` factors, some of them the same; with a weight, less the first of them.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
    void everyDegreeIsThatOfTheProcessor(int degree) {
        Random random = new Random(degree);
        Variable x = new Variable("x", 5);
        Variable y = new Variable("y", 2);
        List<Expression> factors = new ArrayList<>();
        for (int k = 0; k < degree; k++) {
            List<Variable> own = random.nextInt(3) == 0 ? List.of(x) : List.of(y, x);
            int size = 1 << own.stream().mapToInt(Variable::bits).sum();
            Expression e = Expression.of(new TableFactor("t" + k, own, TestTensors.elements(random, size)));
            factors.add(k > 0 && random.nextInt(3) == 0 ? factors.getLast() : e);
        }
        Expression product = new Expression.Product(factors);
        EqFactor eq = new EqFactor(List.of(x), TestTensors.elements(random, 5));
        compare(program(new Statement(List.of(x, y), product), true), _ -> null, "degree " + degree);
        compare(program(new Statement(List.of(y, x), Expression.of(eq).times(product.minus(factors.getFirst()))), true),
                _ -> null, "degree " + degree + ", weighted");
    }

    /// More runs of variables than a description of a factor holds.
    @Test
    void aFactorMayDependOnManyScatteredVariables() {
        Random random = new Random(5);
        List<Variable> all = new ArrayList<>();
        List<Variable> even = new ArrayList<>();
        for (int v = 0; v < 13; v++) {
            all.add(new Variable("v" + v, 1));
            if (v % 2 == 0) {
                even.add(all.getLast());
            }
        }
        Expression eq = Expression.of(new EqFactor(even, TestTensors.elements(random, 7)));
        Expression table = Expression.of(new TableFactor("t", even.reversed(), TestTensors.elements(random, 128)));
        Expression whole = Expression.of(new EqFactor(all, TestTensors.elements(random, 13)));
        compare(program(new Statement(all, eq.times(table.plus(whole))), true), _ -> null, "weight");
        compare(program(new Statement(all, eq.times(table.plus(whole))), false), _ -> null, "no weight");
    }

    @Test
    void derivedColumnsAreLookedUp() {
        Random random = new Random(6);
        Shape shape = Shape.of(Axis.low("x", 6), Axis.high("t", 3));
        HostTensor table = TestTensors.random(Shape.of(Axis.low("entry", 8)), 32, random);
        DerivedTensor derived = new DerivedTensor(TestTensors.random(shape, 8, random), table, -100);
        ColumnFactor factor = ColumnFactor.of(new Column("c", shape, Column.Tree.WITNESS))
                .bind("x", new Variable("x", 6)).fix("t", TestTensors.elements(random, 2));
        compare(program(new Statement(List.of(new Variable("x", 6)), Expression.of(factor)), false), _ -> derived,
                "derived");
    }

    /// Programs of few words, factors and levels, so that bodies are cut, and multiplied out where that is not enough.
    @ParameterizedTest
    @CsvSource({"0, 40, 4, 12", "1, 60, 4, 3", "4, 30, 1, 20", "5, 40, 0, 100", "7, 24, 2, 20", "9, 50, 1, 4"})
    void theSumsOfManyPartsAreAdded(int bits, int words, int depth, int factors) {
        BodyParts.Limits limits = new BodyParts.Limits(words, depth, factors);
        int most = 0;
        int compared = 0;
        for (long seed = 0; seed < 40; seed++) {
            Emulation.seed(site.device(), seed % 4);
            RandomStatement r = new RandomStatement(seed, bits);
            for (boolean weighted : new boolean[] {false, true}) {
                StatementProgram p = program(r.statement, weighted);
                StatementCode code;
                try {
                    code = StatementCode.of(p, limits);
                } catch (IllegalArgumentException e) {
                    assertThat(e).hasMessageContaining("is more than a program of a device holds");
                    continue;
                }
                for (StatementCode.Part part : code.parts()) {
                    assertThat(part.words().length).isLessThanOrEqualTo(words);
                    assertThat(part.factors().length).isLessThanOrEqualTo(factors + 1);
                }
                try (StatementRounds parts = new DeviceStatement(p, code, r.data::get, site)) {
                    compare(p, r.data::get, parts, "seed " + seed + ", " + code.parts().size() + " parts");
                }
                most = Math.max(most, code.parts().size());
                compared++;
            }
        }
        assertThat(most).as("most parts").isGreaterThan(2);
        assertThat(compared).isGreaterThan(40);
    }

    /// More words and more factors than one program has, most of them under one equality as after the join.
    @Test
    void statementsLargerThanAProgramAreThoseOfTheProcessor() {
        Random random = new Random(8);
        Variable x = new Variable("x", 5);
        Variable y = new Variable("y", 1);
        List<Expression> zeros = new ArrayList<>();
        for (int k = 0; k < StatementOperands.MOST_FACTORS + 77; k++) {
            List<Variable> own = k % 5 == 0 ? List.of(x) : List.of(y, x);
            int size = 1 << own.stream().mapToInt(Variable::bits).sum();
            Expression e = Expression.of(new TableFactor("t" + k, own, TestTensors.elements(random, size)));
            zeros.add(k % 3 > 0 ? e.times(TestTensors.element(random))
                    : e.times(e.minus(Expression.constant(1))).times(TestTensors.element(random)));
        }
        Expression eq = Expression.of(new EqFactor(List.of(y, x), TestTensors.elements(random, 6)));
        Expression sum = eq.times(new Expression.Sum(zeros));
        Statement divisible = new Statement(List.of(x, y), sum);
        Statement alone = new Statement(List.of(y, x), sum.plus(zeros.getFirst()));
        for (StatementProgram p : List.of(program(divisible, true), program(alone, false))) {
            assertThat(StatementCode.of(p).parts()).hasSizeGreaterThan(2);
            compare(p, _ -> null, p.weight() < 0 ? "no weight" : "weight");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 6, 9})
    void deepBodiesAreMultipliedOut(int depth) {
        Random random = new Random(7);
        Variable x = new Variable("x", 5);
        Expression deep = Expression.of(new TableFactor("t", List.of(x), TestTensors.elements(random, 32)));
        for (int k = 0; k < depth; k++) {
            Expression e = Expression.of(new TableFactor("t" + k, List.of(x), TestTensors.elements(random, 32)));
            deep = e.times(deep.plus(Expression.constant(k)));
        }
        compare(program(new Statement(List.of(x), deep), false), _ -> null, "depth " + depth);
    }

    @Test
    void aBodyMayBeConstant() {
        Variable x = new Variable("x", 5);
        compare(program(new Statement(List.of(x), Expression.constant(3)), false), _ -> null, "3");
        compare(program(new Statement(List.of(x), new Expression.Sum(List.of())), false), _ -> null, "0");
    }

    @Test
    void moreVariablesThanADeviceNumbersAreRefused() {
        List<Variable> all = new ArrayList<>();
        for (int v = 0; v < StatementOperands.MOST_VARIABLES; v++) {
            all.add(new Variable("v" + v, 1));
        }
        Expression e = Expression.of(new TableFactor("t", all.subList(0, 1), TestTensors.elements(new Random(9), 2)));
        assertThatThrownBy(() -> stages.statement(program(new Statement(all, e), false), _ -> null))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("over 32 variables");
    }

    private static StatementProgram ofColumn(int bits) {
        Variable x = new Variable("x", bits);
        Column c = new Column("c", Shape.of(Axis.low("x", bits)), Column.Tree.WITNESS);
        return program(new Statement(List.of(x), Expression.of(ColumnFactor.of(c).bind("x", x))), false);
    }

    @Test
    void aColumnOfAnotherSizeIsRefused() {
        HostTensor data = TestTensors.zero(Shape.of(Axis.low("x", 4)), 16);
        assertThatThrownBy(() -> stages.statement(ofColumn(5), _ -> data))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("has 16 values instead of 32");
    }

    @Test
    void aVariableMayComeOnceInAFactor() {
        Variable row = new Variable("row", 4);
        Column square = new Column("square", Shape.of(Axis.low("x", 4), Axis.low("y", 4)), Column.Tree.WITNESS);
        Statement s = new Statement(List.of(row),
                Expression.of(ColumnFactor.of(square).bind("x", row).bind("y", row)));
        HostTensor data = TestTensors.zero(square.shape(), 32);
        assertThatThrownBy(() -> stages.statement(program(s, false), _ -> data))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("row twice");
    }

    @Test
    void tablesThatDoNotFitAreRefused() {
        HostTensor data = TestTensors.zero(Shape.of(Axis.low("x", 20)), 8);
        assertThatThrownBy(() -> stages.statement(ofColumn(20), _ -> data)).isInstanceOf(DeviceException.class)
                .extracting(e -> ((DeviceException) e).status()).isEqualTo(Status.MEMORY);
    }

    /// Whatever fails, the call ends with the cause and the memory is back.
    @Test
    void aLostDeviceGivesItsMemoryBack() {
        RandomStatement r = new RandomStatement(7, 6);
        StatementProgram p = program(r.statement, true);
        int failures = 0;
        for (int nth = 1; nth < 60; nth += 3) {
            try (DeviceSite lost = EmulatedSites.open(SLAB / 4, nth)) {
                Emulation.loss(lost.device(), nth);
                try (StatementRounds rounds = new DeviceStages(lost, TestHosts.of(1), CPU).statement(p, r.data::get)) {
                    for (int v = 5; v >= LayerRounds.SCALAR_BITS; v--) {
                        rounds.round(v, p.statement().degree(v));
                        rounds.bind(v, QM31.of(v));
                    }
                    rounds.values(LayerRounds.SCALAR_BITS);
                } catch (DeviceException e) {
                    assertThat(e.status()).as("work number %d", nth).isEqualTo(Status.LOST);
                    failures++;
                }
                assertThat(lost.device().available()).as("work number %d", nth).isEqualTo(SLAB / 4);
            }
        }
        assertThat(failures).isGreaterThan(3);
    }
}
