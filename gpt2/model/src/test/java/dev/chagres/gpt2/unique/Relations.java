package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.graph.DeferredTerm;
import dev.chagres.graph.Kept;
import dev.chagres.graph.Reduction;
import dev.chagres.lookup.LeafClaim;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.transcript.Rejection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;

/// The equations of a reduction at one cell: the reduction that the verifier runs, run by a [CellParty].
///
/// @param reduction of one operation, or of several that share it
record Relations(Reduction reduction) {
    private static final int TERMS = 4;

    /// By how much one equation fails. Of a batch, those of tensors that have no such cell say nothing.
    ///
    /// @param tag of a sumcheck, identifier of a check, "claim" and a column, or label of a deferred term
    /// @param term which statement of a batch; 0 where there is one
    /// @return a residue, 0 if it holds
    int failure(Assignment values, Cell cell, String tag, int term) {
        QM31 by = failures(values, cell, tag::equals).get(tag);
        if (by == null) {
            throw new IllegalArgumentException("no equation " + tag);
        }
        return terms(by)[term];
    }

    /// All equations at a cell that fail.
    ///
    /// @return the statements of a batch by name, 0 where they hold
    Map<String, int[]> broken(Assignment values, Cell cell) {
        Map<String, int[]> result = new LinkedHashMap<>();
        failures(values, cell, _ -> true).forEach((name, by) -> {
            if (!by.isZero()) {
                result.put(name, terms(by));
            }
        });
        return result;
    }

    private Map<String, QM31> failures(Assignment values, Cell cell, Predicate<String> wanted) {
        CellParty party = new CellParty(values, cell, wanted);
        try {
            Kept kept = reduction.reduce(party, v -> new LeafClaim(
                    cell.point(v.shape()),
                    PrivateValue.known(QM31.of(cell.isIn(v.shape()) ? values.get(v, cell.element(v.shape())) : 0))));
            for (DeferredTerm term : reduction.deferred(kept)) {
                switch (term) {
                    case DeferredTerm.Zero zero -> {
                        if (wanted.test(zero.label())) {
                            // Rows other than that of the cell are 0, and with all values 0 the terms are.
                            party.fails(zero.label(), party.sum(
                                    new Statement(zero.group().variables(), zero.expression())));
                        }
                    }
                    case DeferredTerm.Sum sum -> party.fails(sum.label(), party.sum(
                            new Statement(sum.group().variables(), sum.expression())).sub(sum.sum().number()));
                }
            }
        } catch (Rejection e) {
            throw new IllegalStateException("the verifier's own side has nothing to reject", e);
        }
        return party.failures();
    }

    /// r0 + r1 u + r2 u^2 + r3 u^3 with u^2 = 2 + i.
    private static int[] terms(QM31 value) {
        int[] r = new int[TERMS];
        r[2] = value.c1();
        r[0] = M31.sub(value.c0(), M31.add(r[2], r[2]));
        r[3] = value.c3();
        r[1] = M31.sub(value.c2(), M31.add(r[3], r[3]));
        return r;
    }
}
