package dev.chagres.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.graph.Width;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.witness.Tensors;
import dev.chagres.prove.witness.Witness;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Rotations of heads with padded halves, at the beginning of long tables of angles and over all of short ones.
final class RotationTest extends OperationLaws {
    private static final int Y = 900;
    private static final int CLAMP = 127;

    @Override
    Stream<OperationFixture> fixtures() {
        return Stream.of(
                rotation("one short block of a long table, padded halves", 9, 300, Width.heads(3, 6), 6, 2),
                rotation("one block, heads of one pair", 40, 64, Width.heads(1, 2), 4, 0),
                rotation("two blocks of six parts, padded halves", 130, 700, Width.heads(2, 10), 5, 3),
                rotation("three blocks, the whole table", 300, 384, Width.heads(1, 4), 7, 1));
    }

    /// @param scaleBits of C and S
    /// @param fractionBits of y
    private static OperationFixture rotation(String what, int rows, int context, Width heads, int scaleBits,
            int fractionBits) {
        OperationFixture f = new OperationFixture(what, rows);
        Column y = f.input("y", heads, "channel",
                (t, c) -> isReal(heads, c) ? OperationFixture.random(3, t, c, Y) : 0);
        f.reads(y, 0, 0);
        f.reads(y, f.rows().padded() - 1, heads.padded() - (1 << heads.bits() - 1));
        Column cos = angles(f, "cos", context, heads, scaleBits, true);
        Column sin = angles(f, "sin", context, heads, scaleBits, false);
        int shift = scaleBits + fractionBits;
        int bound = (2 * Y << scaleBits >> shift) + 2;
        Table clamp = f.filled(f.tables().clamp("clamp", -bound, 2L * bound + 1, M31.P >> shift, CLAMP),
                i -> (int) Math.clamp(i - bound, -CLAMP, CLAMP));
        return f.of(new Rotation("r", f.rows(), heads, y, cos, sin, shift, f.tables().range(shift), clamp));
    }

    private static boolean isReal(Width heads, int channel) {
        int half = 1 << heads.bits() - 1;
        return (channel & half - 1) < heads.size() / heads.count() / 2;
    }

    /// Every position has angles of its own; 0 on padded channels.
    private static Column angles(OperationFixture f, String name, int context, Width heads, int scaleBits,
            boolean cosine) {
        Shape shape = Rotation.angleShape(context, heads);
        Axis position = shape.lowAxes().get(0);
        return f.key(name, shape, 16, i -> {
            long low = i & (1L << shape.lowBits()) - 1;
            int channel = (int) (low >> position.bits());
            long t = (i >> shape.lowBits() << position.bits()) + (low & position.count() - 1);
            double angle = new SplittableRandom(1000 * t + channel).nextDouble(7);
            return isReal(heads, channel)
                    ? (int) Math.rint((cosine ? Math.cos(angle) : Math.sin(angle)) * (1 << scaleBits)) : 0;
        });
    }

    /// Against the definition, pair by pair.
    @Test
    void everyPairIsRotatedByTheAngleOfItsPosition() {
        Width heads = Width.heads(2, 10);
        OperationFixture f = rotation("two blocks", 130, 200, heads, 6, 2);
        int half = 1 << heads.bits() - 1;
        try (TrialGraph trial = f.trial(); Witness witness = trial.evaluate()) {
            Map<String, HostTensor> data = Tensors.of(trial.graph(), witness);
            HostTensor y = data.get("y");
            Shape angles = Rotation.angleShape(200, heads);
            ActivationIndex at = new ActivationIndex(f.operation().columns().getFirst().shape());
            for (int t = 0; t < f.rows().padded(); t++) {
                for (int j = 0; j < half; j++) {
                    long angle = ((long) (t >> 7) * half + j << 7) + (t & 127);
                    long c = trial.key(column(trial, "cos")).get(angle);
                    long s = trial.key(column(trial, "sin")).get(angle);
                    for (int head = 0; head < heads.count(); head++) {
                        int first = head << heads.bits() | j;
                        long a = y.get(at.of(t, first));
                        long b = y.get(at.of(t, first + half));
                        assertRounded(data, at.of(t, first), c * a - s * b);
                        assertRounded(data, at.of(t, first + half), c * b + s * a);
                    }
                }
            }
            assertThat(angles.size()).isEqualTo(256L * half);
        }
    }

    private static void assertRounded(Map<String, HostTensor> data, long element, long acc) {
        long u = IntegerSemantics.rsh(acc, 8);
        assertThat(data.get("r.u").get(element)).isEqualTo((int) u);
        assertThat(data.get("r.rem").get(element)).isEqualTo((int) IntegerSemantics.rshRemainder(acc, 8));
        assertThat(data.get("r.out").get(element)).isEqualTo((int) Math.clamp(u, -CLAMP, CLAMP));
    }

    private static Column column(TrialGraph trial, String name) {
        return trial.graph().keyColumns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void aTableThatEndsBeforeTheRowsIsRefused() {
        assertThatThrownBy(() -> rotation("", 300, 200, Width.heads(2, 4), 5, 1))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("angles");
    }
}
