package dev.chagres.prove.lookup;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.host.Host;
import java.util.Arrays;

/// Denominators of [PlainUnits] as polynomials. With t = first - z for position z of a run, the leaf of strip s is
/// `t - s 2^runBits`, a node k layers above the product of 2^k of them, and what is left of nodes when variables that
/// separate strips are bound a combination of such products: the same polynomial in t for all units and positions. So
/// sums over all positions need only the moments of t under the equality polynomial.
///
/// A polynomial is the array of its coefficients, the constant first.
final class CountdownPolynomials {
    /// Degree of the product of two nodes of the highest of these layers, three above the leaves; and that of the layer
    /// that is stored again.
    static final int MOST_DEGREE = 16;

    private final PlainUnits plain;
    private final int run;
    private final FieldKernels kernels;
    private final Host host;
    /// Rows of z^i mod p for z < run.
    private final long powers;

    /// @param scope owns the rows of powers
    CountdownPolynomials(PlainUnits plain, TreeLayout layout, Host host, MemoryScope scope) {
        this.plain = plain;
        this.run = 1 << layout.runBits();
        this.kernels = host.field();
        this.host = host;
        this.powers = scope.allocateBase((long) (MOST_DEGREE + 1) * run);
        for (int z = 0; z < run; z++) {
            int power = 1;
            for (int i = 0; i <= MOST_DEGREE; i++) {
                Memory.setInt(powers, (long) i * run + z, power);
                power = M31.mul(power, z);
            }
        }
    }

    /// The nodes k layers above the leaves of `strips` strips, one polynomial for each strip of their layer.
    QM31[][] nodes(int strips, int k) {
        QM31[][] nodes = new QM31[strips][];
        for (int s = 0; s < strips; s++) {
            nodes[s] = new QM31[] {QM31.embed(-(long) s * run), QM31.ONE};
        }
        for (int i = 0; i < k; i++) {
            int half = nodes.length / 2;
            QM31[][] above = new QM31[half][];
            for (int s = 0; s < half; s++) {
                above[s] = product(nodes[s], nodes[s + half]);
            }
            nodes = above;
        }
        return nodes;
    }

    static QM31[] product(QM31[] a, QM31[] b) {
        QM31[] c = new QM31[a.length + b.length - 1];
        Arrays.fill(c, QM31.ZERO);
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                c[i + j] = c[i + j].add(a[i].mul(b[j]));
            }
        }
        return c;
    }

    static QM31[] difference(QM31[] a, QM31[] b) {
        QM31[] c = new QM31[a.length];
        Arrays.setAll(c, i -> a[i].sub(b[i]));
        return c;
    }

    /// a + r (b - a).
    static QM31[] line(QM31[] a, QM31[] b, QM31 r) {
        QM31[] c = new QM31[a.length];
        Arrays.setAll(c, i -> a[i].add(r.mul(b[i].sub(a[i]))));
        return c;
    }

    /// Sum of a polynomial over all positions, weighted as its moments are.
    static QM31 sum(QM31[] polynomial, QM31[] moments) {
        QM31 sum = QM31.ZERO;
        for (int i = 0; i < polynomial.length; i++) {
            sum = sum.add(polynomial[i].mul(moments[i]));
        }
        return sum;
    }

    /// `sum over plain units u and positions z of eq[u] eq(low, z) t^j` for j up to `degree`.
    ///
    /// @param low coordinates of z
    /// @param eq of all units
    QM31[] moments(QM31[] low, QM31[] eq, int degree) {
        QM31[] ofRun = new QM31[degree + 1];
        try (MemoryScope scope = host.scope()) {
            long table = EqTable.allocate(scope, low, QM31.ONE, kernels);
            for (int i = 0; i <= degree; i++) {
                QM31 moment = kernels.dotBase(powers + 4L * i * run, table, run);
                ofRun[i] = i % 2 == 0 ? moment : moment.neg();
            }
        }
        // t = first - z: sums of first^(j - i) over the units are needed, weighted; then binomials.
        QM31[] ofFirst = new QM31[degree + 1];
        Arrays.fill(ofFirst, QM31.ZERO);
        for (int u = 0; u < plain.units().length; u++) {
            QM31 power = eq[plain.units()[u]];
            for (int j = 0; j <= degree; j++) {
                ofFirst[j] = ofFirst[j].add(power);
                power = power.mul(plain.first()[u]);
            }
        }
        QM31[] moments = new QM31[degree + 1];
        int[] binomial = new int[degree + 1];
        for (int j = 0; j <= degree; j++) {
            binomial[j] = 1;
            for (int i = j - 1; i > 0; i--) {
                binomial[i] += binomial[i - 1];
            }
            moments[j] = QM31.ZERO;
            for (int i = 0; i <= j; i++) {
                moments[j] = moments[j].add(ofFirst[j - i].mul(ofRun[i]).mul(binomial[i]));
            }
        }
        return moments;
    }

    /// Writes the values of a polynomial at all positions of plain units.
    ///
    /// @param dst ext array of the positions of all units, zero there
    void evaluate(QM31[] polynomial, long dst) {
        int count = plain.units().length;
        int parts = Math.max(1, Math.min(count, host.parts((long) count * run)));
        host.run(parts, (_, part) -> {
            try (MemoryScope scope = host.scope()) {
                long weights = scope.allocateExt(polynomial.length);
                for (int u = count * part / parts; u < count * (part + 1) / parts; u++) {
                    QM31[] shifted = shift(polynomial, plain.first()[u]);
                    for (int i = 0; i < shifted.length; i++) {
                        Memory.setExt(weights, i, i % 2 == 0 ? shifted[i] : shifted[i].neg());
                    }
                    kernels.combineRows(dst + (long) plain.units()[u] * run * Memory.EXT_BYTES, powers, run, run,
                            weights, shifted.length);
                }
            }
        });
    }

    /// P(k + w) as a polynomial in w.
    private static QM31[] shift(QM31[] polynomial, QM31 k) {
        QM31[] result = polynomial.clone();
        for (int i = 0; i < result.length - 1; i++) {
            for (int j = result.length - 2; j >= i; j--) {
                result[j] = result[j].add(k.mul(result[j + 1]));
            }
        }
        return result;
    }
}
