package dev.chagres.prove.data;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Eq;
import dev.chagres.tensor.Shape;
import java.lang.foreign.Arena;
import java.util.Random;

/// Random data and slow, direct definitions for tests.
public final class TestTensors {
    private TestTensors() {}

    public static QM31 element(Random random) {
        return new QM31(random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P));
    }

    public static QM31[] elements(Random random, int n) {
        QM31[] result = new QM31[n];
        for (int i = 0; i < n; i++) {
            result[i] = element(random);
        }
        return result;
    }

    public static HostTensor zero(Shape shape, int width) {
        return new HostTensor(Arena.global().allocate(shape.size() * width / 8, Memory.ALIGNMENT), width);
    }

    /// Signed values over most of the range of the width.
    public static HostTensor random(Shape shape, int width, Random random) {
        HostTensor tensor = zero(shape, width);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.set(i, switch (width) {
                case 8 -> (byte) random.nextInt();
                case 16 -> (short) random.nextInt();
                default -> random.nextInt(-M31.P + 1, M31.P);
            });
        }
        return tensor;
    }

    /// The left side of a claim, from its definition.
    public static QM31 evaluate(HostTensor data, Claim claim) {
        QM31[] eq = Eq.table(claim.low());
        QM31 sum = QM31.ZERO;
        for (int t = 0; t < claim.weights().length; t++) {
            if (claim.weights()[t].isZero()) {
                continue;
            }
            QM31 tile = QM31.ZERO;
            for (int x = 0; x < eq.length; x++) {
                if (!eq[x].isZero()) {
                    tile = tile.add(eq[x].mul(M31.embed(data.get((long) t * eq.length + x))));
                }
            }
            sum = sum.add(claim.weights()[t].mul(tile));
        }
        return sum;
    }
}
