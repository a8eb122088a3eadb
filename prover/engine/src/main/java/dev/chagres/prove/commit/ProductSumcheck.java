package dev.chagres.prove.commit;

import dev.chagres.commit.OpeningTags;
import dev.chagres.commit.QuadraticRound;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.prove.host.Host;
import dev.chagres.transcript.ProverChannel;

/// The sumcheck of `sum_i a[i] b[i]` over two ext arrays, binding the top variable first. The arrays are folded in
/// place; their length need not be a power of two, only each bound variable must halve it.
final class ProductSumcheck {
    private final FieldKernels field;
    private final Host host;
    private final boolean checked;
    private final long a;
    private final long b;
    private long n;
    private QM31 claim;

    /// @param a ext array of n elements, folded in place
    /// @param b ext array of n elements, folded in place
    /// @param claim the claimed sum
    /// @param checked whether every identity is asserted
    ProductSumcheck(Host host, boolean checked, long a, long b, long n, QM31 claim) {
        this.field = host.field();
        this.host = host;
        this.checked = checked;
        this.a = a;
        this.b = b;
        this.n = n;
        this.claim = claim;
    }

    /// One round: sends s(0) and the coefficient of X^2 and folds by the challenge, which is returned.
    ///
    /// @param foldGrindingBits work before the challenge, as the challenge of a fold may ask for
    /// @throws IllegalStateException if s(0) + s(1) is not the running claim
    QM31 round(ProverChannel channel, String tag, int foldGrindingBits) {
        long half = n / 2;
        QM31[] message = half % Memory.BLOCK == 0 ? kernelRound(half) : scalarRound(half);
        if (checked && !message[0].add(message[2]).equals(claim)) {
            throw new IllegalStateException(tag + ": s(0) + s(1) is not the claim at " + n + " elements");
        }
        channel.send(tag, message[0], message[1]);
        if (foldGrindingBits > 0) {
            Grinding.grind(channel, OpeningTags.GRIND_FOLD, foldGrindingBits, host.stages());
        }
        QM31 r = channel.challenge(tag);
        fold(half, r);
        claim = QuadraticRound.next(claim, message[0], message[1], r);
        n = half;
        return r;
    }

    /// {s(0), coefficient of X^2, s(1) when checked}
    private QM31[] kernelRound(long half) {
        int parts = host.parts(half);
        QM31[][] sums = new QM31[parts][];
        long aHi = a + half * Memory.EXT_BYTES;
        long bHi = b + half * Memory.EXT_BYTES;
        host.ranges(half, (part, from, to) -> {
            long at = from * Memory.EXT_BYTES;
            QM31[] s = field.roundProduct(a + at, aHi + at, b + at, bHi + at, to - from);
            QM31 one = checked ? field.dotExt(aHi + at, bHi + at, to - from) : QM31.ZERO;
            sums[part] = new QM31[] {s[0], s[1], one};
        });
        QM31[] total = sums[0];
        for (int i = 1; i < parts; i++) {
            for (int j = 0; j < total.length; j++) {
                total[j] = total[j].add(sums[i][j]);
            }
        }
        return total;
    }

    private QM31[] scalarRound(long half) {
        QM31 at0 = QM31.ZERO;
        QM31 square = QM31.ZERO;
        QM31 at1 = QM31.ZERO;
        for (long i = 0; i < half; i++) {
            QM31 aLo = Memory.getExt(a, i);
            QM31 aHi = Memory.getExt(a, half + i);
            QM31 bLo = Memory.getExt(b, i);
            QM31 bHi = Memory.getExt(b, half + i);
            at0 = at0.add(aLo.mul(bLo));
            square = square.add(aHi.sub(aLo).mul(bHi.sub(bLo)));
            at1 = at1.add(aHi.mul(bHi));
        }
        return new QM31[] {at0, square, at1};
    }

    private void fold(long half, QM31 r) {
        if (half % Memory.BLOCK != 0) {
            for (long i = 0; i < half; i++) {
                for (long t : new long[] {a, b}) {
                    QM31 lo = Memory.getExt(t, i);
                    Memory.setExt(t, i, lo.add(r.mul(Memory.getExt(t, half + i).sub(lo))));
                }
            }
            return;
        }
        long shift = half * Memory.EXT_BYTES;
        host.ranges(half, (part, from, to) -> {
            long at = from * Memory.EXT_BYTES;
            field.foldExt(a + at, a + at, a + shift + at, r, to - from);
            field.foldExt(b + at, b + at, b + shift + at, r, to - from);
        });
    }

    /// The running claim: the sum of products of what is left of both arrays.
    QM31 claim() {
        return claim;
    }
}
