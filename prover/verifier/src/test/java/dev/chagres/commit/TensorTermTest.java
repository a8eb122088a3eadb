package dev.chagres.commit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorTermTest {
    private final SplittableRandom random = new SplittableRandom(5);

    @ParameterizedTest(name = "{0} variables, {1} in clear")
    @CsvSource({"5, 0", "5, 1", "5, 3", "5, 5", "1, 0", "1, 1", "12, 4", "12, 12", "14, 12"})
    void isTheProductWithAllWeights(int variables, int bits) {
        QM31[] point = elements(variables);
        int[] basis = random.ints(variables, 0, M31.P).toArray();
        QM31[] bound = elements(variables);
        QM31[] clear = elements(1 << bits);
        QM31 coefficient = elements(1)[0];
        QM31[] ones = Arrays.stream(basis).mapToObj(QM31::of).toArray(QM31[]::new);
        QM31[] zeros = new QM31[variables];
        Arrays.setAll(zeros, v -> QM31.ONE.sub(point[v]));
        assertThat(new TensorTerm.Equality(point).dot(clear, bound)).isEqualTo(sum(zeros, point, clear, bound));
        Arrays.fill(zeros, QM31.ONE);
        assertThat(new TensorTerm.Basis(coefficient, basis).dot(clear, bound))
                .isEqualTo(coefficient.mul(sum(zeros, ones, clear, bound)));
    }

    /// `sum_x clear[x] prod_v (x_v = 0 ? zeros[v] : ones[v])`, x_v = bound\[v\] above the values in clear.
    private static QM31 sum(QM31[] zeros, QM31[] ones, QM31[] clear, QM31[] bound) {
        QM31 sum = QM31.ZERO;
        for (int x = 0; x < clear.length; x++) {
            QM31 weight = clear[x];
            for (int v = 0; v < zeros.length; v++) {
                QM31 at = 1 << v < clear.length ? QM31.of(x >> v & 1) : bound[v];
                weight = weight.mul(zeros[v].mul(QM31.ONE.sub(at)).add(ones[v].mul(at)));
            }
            sum = sum.add(weight);
        }
        return sum;
    }

    private QM31[] elements(int n) {
        QM31[] elements = new QM31[n];
        Arrays.setAll(elements, i -> new QM31(random.nextInt(M31.P), random.nextInt(M31.P), random.nextInt(M31.P),
                random.nextInt(M31.P)));
        return elements;
    }
}
