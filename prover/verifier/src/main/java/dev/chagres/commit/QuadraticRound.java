package dev.chagres.commit;

import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;

/// A sumcheck round polynomial of degree two, sent as its value at 0 and its coefficient of X^2; the running claim
/// s(0) + s(1) gives the rest.
public final class QuadraticRound {
    private QuadraticRound() {}

    /// s(r) for s = at0 + b X + square X^2 with s(0) + s(1) = claim.
    public static QM31 next(QM31 claim, QM31 at0, QM31 square, QM31 r) {
        QM31 b = claim.sub(at0).sub(at0).sub(square);
        return at0.add(r.mul(b.add(r.mul(square))));
    }

    /// The same of values that follow from messages.
    public static PrivateValue next(PrivateValue claim, PrivateValue at0, PrivateValue square, QM31 r) {
        PrivateValue b = claim.sub(at0).sub(at0).sub(square);
        return at0.add(b.add(square.mul(r)).mul(r));
    }
}
