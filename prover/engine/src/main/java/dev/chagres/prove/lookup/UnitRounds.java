package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;

/// Rounds of the leaf layer when the numerators of present leaves are one.
///
/// With mu = 1 / lambda and s = q + mu p for both children,
/// `p0 q1 + p1 q0 + lambda q0 q1 = lambda s0 s1 - mu p0 p1`,
/// so a round is one equality-weighted product of shifted denominators ([ShiftedProducts]) and one of numerators, which
/// are almost constant ([StepNumerators]).
final class UnitRounds implements ChunkedRounds {
    private final QM31 lambda;
    private final QM31 mu;
    private final StepNumerators numerators;
    private final ShiftedProducts products;

    /// @param leaves of several units
    /// @param r point of the layer, one coordinate for each variable
    /// @param lambda not zero
    /// @param arena shared, owns scratch memory and the denominators
    UnitRounds(LeafLayer leaves, QM31[] r, QM31 lambda, Host host, MemoryScope arena) {
        this.lambda = lambda;
        this.mu = lambda.inv();
        this.numerators = new StepNumerators(leaves.layout(), r);
        this.products = leaves.linear().isEmpty()
                ? new PlainProducts(leaves, mu, host, arena) : new GridProducts(leaves, mu, r, host, arena);
    }

    @Override
    public QM31[] first(SplitEq eq) {
        return withNumerators(products.first(eq));
    }

    @Override
    public QM31[] next(QM31 challenge, SplitEq eq) {
        numerators.bind(challenge);
        return withNumerators(products.next(challenge, eq));
    }

    @Override
    public void whole(QM31 challenge, long width, long size) {
        numerators.bind(challenge);
        products.whole(challenge, width, size);
    }

    @Override
    public QM31[] again(SplitEq eq) {
        return withNumerators(products.again(eq));
    }

    @Override
    public void last(QM31 challenge, long half) {
        numerators.bind(challenge);
        products.last(challenge, half);
    }

    /// From the product of shifted denominators to the round.
    private QM31[] withNumerators(QM31[] product) {
        QM31[] p = numerators.round();
        return new QM31[] {lambda.mul(product[0]).sub(mu.mul(p[0])), lambda.mul(product[1]).sub(mu.mul(p[1]))};
    }

    @Override
    public QM31[][] values(int variables) {
        int n = 1 << variables;
        QM31[][] result = {numerators.p0(), numerators.p1(), new QM31[n], new QM31[n]};
        for (int i = 0; i < n; i++) {
            result[2][i] = Memory.getExt(products.children().s0(), i).sub(mu.mul(result[0][i]));
            result[3][i] = Memory.getExt(products.children().s1(), i).sub(mu.mul(result[1][i]));
        }
        return result;
    }
}
