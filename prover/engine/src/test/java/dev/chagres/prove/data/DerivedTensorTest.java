package dev.chagres.prove.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DerivedTensorTest {
    private static final Host HOST = TestHosts.of(1);
    private static final Shape TABLE = Shape.of(Axis.low("entry", 8));

    /// A tensor whose index is outside of the table now and then.
    private static DerivedTensor derived(Shape shape, int width, long base, Random random) {
        HostTensor index = TestTensors.random(shape, width, random);
        for (long i = 0; i < index.size(); i++) {
            if (random.nextInt(4) > 0) {
                index.set(i, (int) base + random.nextInt(256));
            }
        }
        return new DerivedTensor(index, TestTensors.random(TABLE, 32, random), base);
    }

    private static HostTensor stored(DerivedTensor derived, Shape shape) {
        HostTensor copy = TestTensors.zero(shape, 32);
        for (long i = 0; i < copy.size(); i++) {
            int index = derived.index().get(i);
            boolean inside = index >= derived.base() && index < derived.base() + 256;
            copy.set(i, inside ? derived.table().get(index - derived.base()) : 0);
        }
        return copy;
    }

    @Test
    void evaluatesAsIfItWereStored() {
        Random random = new Random(11);
        for (int bits : new int[] {0, 3, 4, 9, 17}) {
            for (int width : new int[] {16, 32}) {
                Shape shape = Shape.of(Axis.low("x", bits), Axis.high("t", 3));
                DerivedTensor derived = derived(shape, width, -100, random);
                HostTensor stored = stored(derived, shape);
                for (long i = 0; i < stored.size(); i++) {
                    assertThat(derived.get(i)).isEqualTo(stored.get(i));
                }
                QM31[] low = TestTensors.elements(random, bits);
                QM31[] weights = TestTensors.elements(random, 3);
                assertThat(TensorEvaluation.evaluate(derived, shape, low, weights, HOST))
                        .as("%d bits, width %d", bits, width)
                        .isEqualTo(TensorEvaluation.evaluate(stored, shape, low, weights, HOST));
            }
        }
    }

    @Test
    void cannotBeWrittenTo() {
        Shape shape = Shape.of(Axis.low("x", 4));
        DerivedTensor derived = derived(shape, 32, 0, new Random(1));
        assertThatThrownBy(() -> derived.set(0, 1)).isInstanceOf(UnsupportedOperationException.class);
        HostTensor narrow = TestTensors.zero(TABLE, 16);
        assertThatThrownBy(() -> new DerivedTensor(derived.index(), narrow, 0))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("16 bits");
    }
}
