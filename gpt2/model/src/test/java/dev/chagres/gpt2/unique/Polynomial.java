package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.gpt2.unique.Assignment.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

/// An equation as a polynomial in a few values, found by evaluating it: every value comes in with degree at most 1.
/// Coefficients come from assignments of 0 and 1; a random assignment checks that there are no other terms.
final class Polynomial {
    private final int size;
    private final List<int[]> monomials = new ArrayList<>();
    private final List<Integer> coefficients = new ArrayList<>();

    private Polynomial(int size) {
        this.size = size;
    }

    /// @param degree most values in one product
    /// @param equation by how much it fails under `values`
    static Polynomial of(Assignment values, List<Place> unknown, int degree, IntSupplier equation) {
        int[] saved = unknown.stream().mapToInt(values::get).toArray();
        Polynomial p = new Polynomial(unknown.size());
        p.monomials(new int[0], 0, degree);
        p.monomials.sort((a, b) -> a.length - b.length);
        for (int[] monomial : p.monomials) {
            int[] at = new int[unknown.size()];
            Arrays.stream(monomial).forEach(i -> at[i] = 1);
            p.coefficients.add(M31.sub(p.evaluate(values, unknown, at, equation), p.at(at)));
        }
        int[] at = new SplittableRandom(unknown.size()).ints(unknown.size(), 0, M31.P).toArray();
        if (p.evaluate(values, unknown, at, equation) != p.at(at)) {
            throw new IllegalStateException("not a polynomial of degree " + degree + " in " + unknown);
        }
        for (int i = 0; i < saved.length; i++) {
            values.set(unknown.get(i), saved[i]);
        }
        return p;
    }

    private void monomials(int[] begun, int from, int degree) {
        monomials.add(begun);
        for (int i = from; i < size && begun.length < degree; i++) {
            int[] longer = Arrays.copyOf(begun, begun.length + 1);
            longer[begun.length] = i;
            monomials(longer, i + 1, degree);
        }
    }

    private int evaluate(Assignment values, List<Place> unknown, int[] at, IntSupplier equation) {
        for (int i = 0; i < at.length; i++) {
            values.set(unknown.get(i), at[i]);
        }
        return equation.getAsInt();
    }

    /// @param at a canonical residue for each value
    int at(int... at) {
        int sum = 0;
        for (int i = 0; i < coefficients.size(); i++) {
            if (coefficients.get(i) != 0) {
                int product = coefficients.get(i);
                for (int k : monomials.get(i)) {
                    product = M31.mul(product, at[k]);
                }
                sum = M31.add(sum, product);
            }
        }
        return sum;
    }

    /// The one residue of value `i` that makes it 0, the others as they are; `at[i]` is overwritten.
    ///
    /// @throws IllegalStateException if any residue may do
    int solve(int i, int... at) {
        at[i] = 0;
        int constant = at(at);
        at[i] = 1;
        int slope = M31.sub(at(at), constant);
        if (slope == 0) {
            throw new IllegalStateException("the equation does not depend on value " + i);
        }
        at[i] = M31.mul(M31.neg(constant), M31.inv(slope));
        return at[i];
    }

    /// As [#solve], for many values of another one at once: the residue of value `i` is `a + b at[j]`.
    Line line(int i, int j, int... at) {
        at[j] = 0;
        int a = solve(i, at);
        at[j] = 1;
        int b = M31.sub(solve(i, at), a);
        at[j] = 2;
        if (solve(i, at) != M31.add(a, M31.add(b, b))) {
            throw new IllegalStateException("values " + i + " and " + j + " are multiplied");
        }
        return new Line(a, b);
    }

    /// a + b x.
    record Line(int a, int b) {
        int at(int x) {
            return M31.add(a, M31.mul(b, x));
        }

        /// x as a function of the value.
        Line inverse() {
            int slope = M31.inv(b);
            return new Line(M31.neg(M31.mul(a, slope)), slope);
        }
    }
}
