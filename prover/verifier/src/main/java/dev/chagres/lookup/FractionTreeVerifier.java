package dev.chagres.lookup;

import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.VerifierChannel;

/// Verifies a tree of fractions from its root to one claim about its leaves (GKR, eprint 2023/1284).
///
/// A node is `p/q = p0/q0 + p1/q1`, so p = p0 q1 + p1 q0 and q = q0 q1. The child bit of a layer is its top variable. A
/// layer with m variables runs the sumcheck of `sum_x eq(r, x) (p0 q1 + p1 q0 + lambda q0 q1)(x)`, binding the top
/// variable first. In Gruen's form a round sends g(0) and the leading coefficient of the quadratic g, where the round
/// polynomial is eq(r_i, X) g(X) up to the factor already fixed.
public final class FractionTreeVerifier {
    private FractionTreeVerifier() {}

    /// The root fraction and the claim at the leaves: numerators and denominators at `point`.
    public record Result(PrivateValue rootNumerator, PrivateValue rootDenominator, QM31[] point,
            PrivateValue numerator, PrivateValue denominator) {
        /// What a prover knows of its own tree.
        public static Result known(QM31 rootNumerator, QM31 rootDenominator, QM31[] point, QM31 numerator,
                QM31 denominator) {
            return new Result(PrivateValue.known(rootNumerator), PrivateValue.known(rootDenominator), point,
                    PrivateValue.known(numerator), PrivateValue.known(denominator));
        }
    }

    /// @param bits depth of the tree
    /// @throws Rejection `lookup/denominator`, `lookup/root-...`, `lookup/zero-challenge`, `lookup/layer`, or a format
    ///     check
    public static Result verify(VerifierChannel channel, int bits) throws Rejection {
        PrivateValue[] root = channel.receive("tree/root", 2);
        if (root[1].equals(PrivateValue.ZERO)) {
            throw new Rejection("lookup/denominator", "the denominator of a lookup tree is zero");
        }
        PrivateValue p = root[0];
        PrivateValue q = root[1];
        QM31[] r = new QM31[0];
        for (int m = 0; m < bits; m++) {
            QM31[] next = new QM31[m + 1];
            PrivateValue claim;
            QM31 lambda = QM31.ZERO;
            if (m == 0) {
                claim = p;
            } else {
                lambda = channel.challenge("tree/lambda");
                claim = p.add(q.mul(lambda));
                for (int i = m - 1; i >= 0; i--) {
                    PrivateValue[] sent = channel.receive("tree/round", 2);
                    if (r[i].isZero()) {
                        throw new Rejection("lookup/zero-challenge", "a layer challenge is zero");
                    }
                    // claim = (1 - r_i) g(0) + r_i g(1)
                    PrivateValue g1 = claim.sub(sent[0].mul(QM31.ONE.sub(r[i]))).mul(r[i].inv());
                    next[i] = channel.challenge("tree/challenge");
                    PrivateValue slope = g1.sub(sent[0]).sub(sent[1]);
                    claim = sent[0].add(slope.add(sent[1].mul(next[i])).mul(next[i]));
                }
            }
            PrivateValue[] child = channel.receive("tree/children", 4); // p0, p1, q0, q1
            PrivateValue sum = child[0].mul(child[3]).add(child[1].mul(child[2]));
            PrivateValue product = child[2].mul(child[3]);
            if (m == 0) {
                channel.require("lookup/root-numerator", sum.sub(p),
                        "the root of a lookup tree is not the sum of its children");
                channel.require("lookup/root-denominator", product.sub(q),
                        "the denominator of a lookup tree is not the product of those of its children");
            } else {
                channel.require("lookup/layer", sum.add(product.mul(lambda)).sub(claim),
                        "layer " + m + " of a lookup tree does not match its rounds");
            }
            QM31 mu = channel.challenge("tree/merge");
            next[m] = mu;
            p = child[0].add(child[1].sub(child[0]).mul(mu));
            q = child[2].add(child[3].sub(child[2]).mul(mu));
            r = next;
        }
        return new Result(root[0], root[1], r, p, q);
    }
}
