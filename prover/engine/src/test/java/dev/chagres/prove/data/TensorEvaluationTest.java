package dev.chagres.prove.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TensorEvaluationTest {
    private static final Host HOST = TestHosts.of(1);

    @Test
    void equalsTheDefinitionForAllTileSizes() {
        Random random = new Random(7);
        for (int bits = 0; bits <= 13; bits++) {
            for (int width : new int[] {16, 32}) {
                Shape shape = Shape.of(Axis.low("x", bits), Axis.high("t", 3));
                HostTensor data = TestTensors.random(shape, width, random);
                QM31[] weights = TestTensors.elements(random, 3);
                weights[random.nextInt(3)] = QM31.ZERO;
                QM31[] low = TestTensors.elements(random, bits);
                QM31 expected = TestTensors.evaluate(data,
                        new Claim(new Column("c", shape, Column.Tree.WITNESS), low, weights, QM31.ZERO));
                assertThat(TensorEvaluation.evaluate(data, shape, low, weights, HOST))
                        .as("%d bits, width %d", bits, width).isEqualTo(expected);
            }
        }
    }

    @Test
    void refusesDataOfAnotherSize() {
        Shape shape = Shape.of(Axis.low("x", 4));
        HostTensor data = TestTensors.zero(Shape.of(Axis.low("x", 5)), 32);
        assertThatThrownBy(() -> TensorEvaluation.evaluate(data, shape, TestTensors.elements(new Random(1), 4),
                new QM31[] {QM31.ONE}, HOST)).isInstanceOf(IllegalArgumentException.class);
    }
}
