package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Factor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// The last rounds, on a few values of every factor.
final class ScalarRounds {
    private final Expression expression;
    private final Map<Factor, QM31[]> values;
    private int size;

    /// @param values `size` values of every factor, a power of two
    ScalarRounds(Expression expression, Map<Factor, QM31[]> values, int size) {
        this.expression = expression;
        this.values = values;
        this.size = size;
    }

    /// {s(0), ..., s(degree)} of the top variable.
    QM31[] round(int degree) {
        QM31[] s = new QM31[degree + 1];
        Arrays.fill(s, QM31.ZERO);
        int half = size / 2;
        Map<Factor, QM31> at = new HashMap<>();
        for (int x = 0; x < half; x++) {
            for (int k = 0; k <= degree; k++) {
                QM31 point = QM31.of(k);
                for (Map.Entry<Factor, QM31[]> e : values.entrySet()) {
                    at.put(e.getKey(), line(e.getValue(), x, half, point));
                }
                s[k] = s[k].add(expression.evaluate(at::get));
            }
        }
        return s;
    }

    /// Binds the top variable.
    void fold(QM31 r) {
        size /= 2;
        for (Map.Entry<Factor, QM31[]> e : values.entrySet()) {
            QM31[] v = e.getValue();
            QM31[] folded = new QM31[size];
            for (int x = 0; x < size; x++) {
                folded[x] = line(v, x, size, r);
            }
            e.setValue(folded);
        }
    }

    private static QM31 line(QM31[] v, int x, int half, QM31 at) {
        return v[x].add(v[x + half].sub(v[x]).mul(at));
    }

    /// The single value that is left of a factor.
    QM31 last(Factor factor) {
        return values.get(factor)[0];
    }
}
