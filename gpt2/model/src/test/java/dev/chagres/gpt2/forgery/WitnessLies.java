package dev.chagres.gpt2.forgery;

import dev.chagres.field.M31;
import dev.chagres.gpt2.forgery.Lie.Place;
import dev.chagres.lookup.Lookup;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.semantics.DomainException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Whole witnesses in which one thing is false, and all that follows from it is computed from it.
final class WitnessLies {
    static final String NORM = "layer0.norm2";
    private static final String STREAM = "layer0.output.x";
    /// A peak that no row has by itself: a mantissa outside [-2^10, 2^10).
    private static final int PEAK = 1500;

    private WitnessLies() {}

    /// What a forger does about the lookups of a witness, once they are counted.
    @FunctionalInterface
    interface Answer {
        /// Nothing.
        Answer NONE = (_, _) -> Moves.NONE;

        /// @param missing lookups with tuples that are in no table of theirs
        Moves to(CheatingProver.Run r, Map<Lookup, List<Long>> missing);
    }

    /// The whole proof of a witness that is changed at the first place where exactly the named lookups notice it.
    static Forged told(CheatingProver p, Set<String> missing, Lie.Change change, Answer answer) {
        return told(p, missing::equals, change, answer);
    }

    /// The same where a lookup notices it, or none does because it is not there.
    static Forged noticed(CheatingProver p, String lookup, Lie.Change change) {
        return told(p, Set.of(lookup)::containsAll, change, Answer.NONE);
    }

    /// Rows of the prompt before a generated one and one past the sequence.
    static List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (int row : new int[] {2, 1, 3, 6, 13, 0}) {
            for (int i = 0; i < 20; i++) {
                places.add(new Place(row, (i + row) % 20));
            }
        }
        return places;
    }

    private static Forged told(CheatingProver p, Predicate<Set<String>> missing, Lie.Change change, Answer answer) {
        List<String> seen = new ArrayList<>();
        for (Place place : places()) {
            try (CheatingProver.Run r = p.new Run(p.sequence, Map.of())) {
                if (possible(change, r, place, seen)) {
                    Map<Lookup, List<Long>> found = Lookups.count(r.graph, r.witness);
                    Set<String> names = found.keySet().stream().map(Lookup::name).collect(Collectors.toSet());
                    if (missing.test(names)) {
                        return proof(p, r, answer.to(r, found));
                    }
                    seen.add(names.toString());
                }
            }
        }
        throw new IllegalStateException("the lie cannot be told: " + seen);
    }

    private static boolean possible(Lie.Change change, CheatingProver.Run r, Place place, List<String> seen) {
        try {
            return change.apply(r, place);
        } catch (DomainException | IndexOutOfBoundsException | IllegalArgumentException
                | ArithmeticException cannotGoOn) {
            seen.add(cannotGoOn.toString());
            return false;
        }
    }

    /// The whole proof of a run whose lookups are counted.
    static Forged proof(CheatingProver p, CheatingProver.Run r, Moves moves) {
        try (ForgedStream stream = Outcome.stream(p, r, moves)) {
            return Forged.of(p.verifyingKey, r.about, stream.whole());
        }
    }

    /// A witness that no lookup notices.
    static Forged told(CheatingProver p, Lie.Change change) {
        return told(p, Set.of(), change, Answer.NONE);
    }

    // --- embedding, projections, head ---------------------------------------------------------------------------

    static boolean embedding(CheatingProver.Run r, Place at) {
        Cells x = new Cells(r, "embedding.x");
        x.set(at.row(), at.index(), x.get(at.row(), at.index()) + 1L);
        r.again("embedding");
        return true;
    }

    /// u + 1 and its value, with the remainder of u.
    static boolean projection(CheatingProver.Run r, Place at) {
        String name = "layer0.up";
        var function = r.operation(name).segments().getLast().table();
        Cells u = new Cells(r, name + ".u");
        u.set(at.row(), at.index(), u.get(at.row(), at.index()) + 1L);
        new Cells(r, name + ".out").set(at.row(), at.index(),
                r.key(function.name() + ".out").get(u.get(at.row(), at.index()) - function.firstValue()));
        r.again(name);
        return true;
    }

    /// A difference of logits that is one too large.
    static boolean logit(CheatingProver.Run r, Place at) {
        Cells low = new Cells(r, "head.low");
        int g = 1;
        low.set(g, at.index(), low.get(g, at.index()) + 1L);
        return new HeadRows(r).id(g) != at.index();
    }

    /// The reference logit of a row, with all its differences: none is 0 any more.
    static Lie.Change reference(int more) {
        return (r, _) -> {
            int g = 1;
            HostTensor chosen = r.data("head.chosen");
            chosen.set(g, chosen.get(g) + more);
            Cells low = new Cells(r, "head.low");
            Cells high = new Cells(r, "head.high");
            HeadRows rows = new HeadRows(r);
            for (int v = 0; v < low.channels(); v++) {
                rows.difference(g, v, ((long) high.get(g, v) << HeadRows.LIMB) + low.get(g, v) + more);
            }
            return true;
        };
    }

    // --- norm ---------------------------------------------------------------------------------------------------

    private interface Row {
        /// @return whether the row allows the lie
        boolean change(NormRow n, int channel);
    }

    private static Lie.Change norm(Row lie) {
        return (r, at) -> {
            NormRow n = new NormRow(r, NORM, STREAM, at.row());
            boolean possible = lie.change(n, at.index());
            n.write();
            return possible;
        };
    }

    /// A root that its pair does not belong to, and n with it.
    static final Lie.Change ROOT = norm((n, _) -> {
        n.rho++;
        n.from(NormRow.Step.LIMBS);
        return true;
    });

    /// The same with the pair that belongs to it.
    static final Lie.Change ROOT_AND_PAIR = norm((n, _) -> {
        n.rho++;
        n.rootPair -= n.two;
        n.from(NormRow.Step.LIMBS);
        return true;
    });

    static final Lie.Change LIMBS = norm((n, _) -> {
        n.rhoLow += 1 << NormRow.RHO_LIMB;
        n.rhoHigh--;
        return n.rhoHigh >= 0;
    });

    /// A mantissa of the sum that its pair does not belong to.
    static final Lie.Change MANTISSA = norm((n, _) -> {
        n.mant++;
        n.from(NormRow.Step.ROOT);
        return true;
    });

    /// A sum of squares that is 16 too large.
    static final Lie.Change SQUARES = norm((n, _) -> {
        n.low[0]++;
        n.from(NormRow.Step.SCALE);
        return true;
    });

    /// n + 1 with the remainder of n.
    static final Lie.Change OUTPUT = norm((n, c) -> {
        n.n[c]++;
        return true;
    });

    /// An exponent one too large, with a peak that no channel has.
    static final Lie.Change PEAK_OF_NO_CHANNEL = norm((n, _) -> {
        boolean possible = exponent(n);
        n.peak = PEAK;
        return possible;
    });

    private static boolean exponent(NormRow n) {
        n.e++;
        if (n.e > 15) {
            return false;
        }
        n.from(NormRow.Step.EXPONENT);
        return true;
    }

    /// An exponent one too large; a bit of the peak's channel is no bit, and the peak is what it mixes of two channels.
    static Lie.Change bit(int bit) {
        return (r, at) -> {
            NormRow n = new NormRow(r, NORM, STREAM, at.row());
            int zero = at.index() & ~(1 << bit);
            int one = zero | 1 << bit;
            if (!exponent(n) || one >= n.m.length || n.m[zero] == n.m[one]) {
                return false;
            }
            n.channel = zero;
            n.peak = PEAK;
            n.write();
            // (1 - x) m0 + x m1 = peak
            int slope = M31.embed(n.m[one] - n.m[zero]);
            int x = M31.mul(M31.embed(PEAK - n.m[zero]), M31.inv(slope));
            new Cells(r, NORM + ".channelBit" + bit).set(at.row(), 0, x);
            return true;
        };
    }

    // --- attention ----------------------------------------------------------------------------------------------

    private interface HeadRow {
        void change(AttentionRow a, int i);
    }

    private static Lie.Change attention(HeadRow lie) {
        return (r, at) -> {
            AttentionRow a = new AttentionRow(r, "layer0", at.index() & 3, at.row());
            lie.change(a, at.index() >> 2);
            a.write();
            return true;
        };
    }

    /// A distance one too large, with its weights, sums and outputs.
    static final Lie.Change SCORE = attention((a, j) -> {
        a.distance[j]++;
        a.weights();
        a.sums();
        a.output();
    });

    /// o + 1 with the remainder of o.
    static final Lie.Change ATTENDED = attention((a, c) -> a.out[c]++);

    static final Lie.Change SLACK = attention((a, _) -> a.slackLow++);

    static final Lie.Change EXCESS = attention((a, _) -> a.excessLow++);
}
