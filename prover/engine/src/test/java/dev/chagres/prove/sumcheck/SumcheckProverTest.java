package dev.chagres.prove.sumcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.chagres.field.QM31;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.poly.Statement;
import dev.chagres.poly.TableFactor;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.OneHotValues;
import dev.chagres.prove.data.TensorEvaluation;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.relation.PrivateValue;
import dev.chagres.sumcheck.SumcheckResult;
import dev.chagres.sumcheck.SumcheckVerifier;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.Transcript;
import dev.chagres.transcript.VerifierChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SumcheckProverTest {
    private static final Host HOST = TestHosts.of(1);

    private static VerifierChannel verifier(byte[] bytes) {
        return new VerifierChannel(Transcript.start("test"), bytes);
    }

    private static byte[] prove(Statement s, QM31 claim, Function<Column, HostTensor> data, boolean checked) {
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        SumcheckProver.prove(channel, "t", s, claim, data, HOST.stages(), checked, _ -> { });
        return channel.bytes();
    }

    private static void roundTrip(long seed, int bits) throws Rejection {
        RandomStatement r = new RandomStatement(seed, bits);
        Statement s = r.statement;
        QM31 claim = r.bruteForce();
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        List<Claim> proved = new ArrayList<>();
        SumcheckResult end = SumcheckProver.prove(channel, "t", s, claim, r.data::get, HOST.stages(), proved::add);
        List<Claim> verified = new ArrayList<>();
        VerifierChannel v = verifier(channel.bytes());
        SumcheckResult seen = SumcheckVerifier.verify(v, "t", s, PrivateValue.known(claim), verified::add);
        v.finish("the proof");
        String where = "seed " + seed + ", " + bits + " variables, " + s;
        assertThat(seen.point().flat(s.variables())).as(where).isEqualTo(end.point().flat(s.variables()));
        assertThat(seen.derived()).as(where).isEqualTo(end.derived());
        end.derived().forEach((f, value) -> assertThat(value.number()).as(where)
                .isEqualTo(r.value(f, end.point())));
        assertThat(verified).as(where).hasSameSizeAs(proved);
        for (int i = 0; i < proved.size(); i++) {
            Claim c = proved.get(i);
            assertThat(c.value()).as(where).isEqualTo(verified.get(i).value());
            assertThat(c.value().number()).as(where).isEqualTo(TensorEvaluation.evaluate(
                    r.data.get(c.column()), c.column().shape(), c.low(), c.weights(), HOST));
        }
        // Rejected where the claim is another one.
        assertThat(catchThrowableOfType(Rejection.class, () -> SumcheckVerifier.verify(
                verifier(channel.bytes()), "t", s, PrivateValue.known(claim.add(QM31.ONE)), _ -> { })))
                .as(where).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 6, 7})
    void smallRandomStatementsAreAccepted(int bits) throws Rejection {
        for (long seed = 0; seed < 25; seed++) {
            roundTrip(seed, bits);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void statementsOfSeveralChunksAreAccepted(long seed) throws Rejection {
        roundTrip(1000 + seed, 12);
    }

    private static final Variable ROW = new Variable("row", 4);
    private static final Variable INNER = new Variable("inner", 7);

    /// sum eq(row) (a b + c) with a column that lacks the rows.
    private static final class Example {
        final Column a = new Column("a", Shape.of(Axis.low("inner", 7), Axis.high("row", 11)), Column.Tree.WITNESS);
        final Column b = new Column("b", Shape.of(Axis.low("inner", 7)), Column.Tree.KEY);
        final Column c = new Column("c", Shape.of(Axis.low("row", 4)), Column.Tree.WITNESS);
        final Map<Column, HostTensor> data;
        final Statement statement;
        final QM31 claim;

        Example() {
            Random random = new Random(3);
            data = Map.of(a, TestTensors.random(a.shape(), 32, random), b, TestTensors.random(b.shape(), 16, random),
                    c, TestTensors.random(c.shape(), 16, random));
            Expression product = Expression.of(ColumnFactor.of(a).bind("inner", INNER).bind("row", ROW))
                    .times(Expression.of(ColumnFactor.of(b).bind("inner", INNER)));
            EqFactor eq = new EqFactor(List.of(ROW), TestTensors.elements(random, 4));
            statement = new Statement(List.of(INNER, ROW), Expression.of(eq)
                    .times(product.plus(Expression.of(ColumnFactor.of(c).bind("row", ROW)))));
            QM31 sum = QM31.ZERO;
            for (int row = 0; row < 16; row++) {
                QM31 weight = Eq.at(new QM31[] {
                    eq.coordinate(0), eq.coordinate(1), eq.coordinate(2), eq.coordinate(3)}, 0, 4, row);
                for (int i = 0; i < 128; i++) {
                    QM31 x = row < 11 ? QM31.embed(data.get(a).get(128L * row + i)) : QM31.ZERO;
                    sum = sum.add(weight.mul(
                            x.mul(QM31.embed(data.get(b).get(i))).add(QM31.embed(data.get(c).get(row)))));
                }
            }
            claim = sum;
        }

        QM31 verify(byte[] bytes) throws Rejection {
            List<Claim> claims = new ArrayList<>();
            VerifierChannel v = verifier(bytes);
            SumcheckVerifier.verify(v, "t", statement, PrivateValue.known(claim), claims::add);
            v.finish("the proof");
            QM31 wrong = QM31.ZERO;
            for (Claim c : claims) {
                wrong = wrong.add(TensorEvaluation.evaluate(
                        data.get(c.column()), c.column().shape(), c.low(), c.weights(), HOST).sub(c.value().number()));
            }
            return wrong;
        }
    }

    @Test
    void anyChangedMessageIsRejectedOrMakesAFalseClaim() throws Rejection {
        Example e = new Example();
        byte[] bytes = prove(e.statement, e.claim, e.data::get, true);
        assertThat(e.verify(bytes)).isEqualTo(QM31.ZERO);
        for (int at = 0; at < bytes.length; at += QM31.BYTES) {
            byte[] changed = bytes.clone();
            changed[at] ^= 1;
            assertThat(catchThrowableOfType(Rejection.class, () -> e.verify(changed)))
                    .as("element %d", at / QM31.BYTES).extracting(Rejection::check).isEqualTo("sumcheck/t");
        }
        for (int length = 0; length < bytes.length; length += 5) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThat(catchThrowableOfType(Rejection.class, () -> e.verify(cut)))
                    .as("cut at %d", length).extracting(Rejection::check).isEqualTo("format/truncated");
        }
        assertThat(catchThrowableOfType(Rejection.class, () -> e.verify(Arrays.copyOf(bytes, bytes.length + 1))))
                .extracting(Rejection::check).isEqualTo("format/trailing");
    }

    @Test
    void aFalseClaimStopsTheHonestProverAndTheVerifier() {
        Example e = new Example();
        QM31 wrong = e.claim.add(QM31.ONE);
        assertThatThrownBy(() -> prove(e.statement, wrong, e.data::get, true))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("sumcheck t");
        byte[] bytes = prove(e.statement, wrong, e.data::get, false);
        assertThat(catchThrowableOfType(Rejection.class,
                () -> SumcheckVerifier.verify(verifier(bytes), "t", e.statement, PrivateValue.known(wrong), _ -> { })))
                .extracting(Rejection::check).isEqualTo("sumcheck/t");
    }

    @Test
    void wrongDataIsNoticed() {
        Example e = new Example();
        e.data.get(e.b).set(77, e.data.get(e.b).get(77) ^ 1);
        assertThatThrownBy(() -> prove(e.statement, e.claim, e.data::get, true))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("sumcheck t");
    }

    /// Rows of three axes with absent tiles, in a statement that has the variables in another order.
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aOneHotFactorIsZeroButAtTheIndexOfEveryRow(long seed) throws Rejection {
        Random random = new Random(seed);
        Shape shape = Shape.causal("block", "part", Axis.low("x", 3), Axis.high("part", 3), Axis.high("block", 3));
        List<Variable> rows = List.of(new Variable("x", 3), new Variable("part", 2), new Variable("block", 2));
        List<Variable> index = List.of(new Variable("i", 2), new Variable("j", 1));
        Map<Column, HostTensor> data = new HashMap<>();
        List<Column> bits = new ArrayList<>();
        for (int b = 0; b < 3; b++) {
            bits.add(new Column("bit" + b, shape, Column.Tree.WITNESS));
            data.put(bits.get(b), TestTensors.random(shape, 16, random));
        }
        OneHotFactor oneHot = new OneHotFactor("oneHot", rows, index, bits, TestTensors.elements(random, 7));
        TableFactor table = new TableFactor("table", index, TestTensors.elements(random, 8));
        List<Variable> shuffled = new ArrayList<>(rows);
        shuffled.addAll(index);
        Collections.shuffle(shuffled, random);
        Statement s = new Statement(shuffled, Expression.of(oneHot).times(Expression.of(table)));
        QM31[] values = OneHotValues.of(oneHot, data::get);
        QM31 claim = QM31.ZERO;
        for (int x = 0; x < values.length; x++) {
            claim = claim.add(values[x].mul(table.value(x >> 7)));
        }
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        SumcheckResult end = SumcheckProver.prove(channel, "t", s, claim, data::get, HOST.stages(), _ -> { });
        assertThat(end.derived()).containsEntry(oneHot,
                PrivateValue.known(Eq.evaluate(values, end.point().flat(oneHot.variables()))));
        SumcheckVerifier.verify(verifier(channel.bytes()), "t", s, PrivateValue.known(claim), _ -> { });
    }

    @Test
    void aOneHotFactorRefusesColumnsOfOtherRows() {
        Column bit = new Column("bit", Shape.of(Axis.low("row", 4)), Column.Tree.WITNESS);
        List<Variable> index = List.of(new Variable("i", 1));
        assertThatThrownBy(() -> new OneHotFactor("read", List.of(INNER), index, List.of(bit), TestTensors.elements(
                new Random(1), 7))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("axes of bit");
        assertThatThrownBy(() -> new OneHotFactor("read", List.of(ROW), index, List.of(), TestTensors.elements(
                new Random(1), 4))).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("one column for");
    }

    @Test
    void aVariableMayComeOnceInAFactor() {
        Column square = new Column("square", Shape.of(Axis.low("x", 4), Axis.low("y", 4)), Column.Tree.WITNESS);
        Statement s = new Statement(List.of(ROW),
                Expression.of(ColumnFactor.of(square).bind("x", ROW).bind("y", ROW)));
        HostTensor data = TestTensors.zero(square.shape(), 32);
        assertThatThrownBy(() -> prove(s, QM31.ZERO, _ -> data, true))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("row twice");
    }
}
