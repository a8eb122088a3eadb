package dev.chagres.graph;

import dev.chagres.field.QM31;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Expression;
import dev.chagres.poly.Statement;
import dev.chagres.relation.PrivateValue;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The stage after the join: proves what the reductions of all sections have deferred, one sumcheck for each group of
/// terms, the same for both parties.
///
/// Term t of a group is multiplied by alpha^t, numbered through over all sections: if two terms shared a power, their
/// errors could cancel position by position, whatever alpha is. alpha must not be known before the value of every sum
/// is fixed, so the transcript of this stage starts from a state that has absorbed the final states of all sections.
public final class DeferredReduction {
    private DeferredReduction() {}

    /// Proves all terms, groups in order of their first term.
    ///
    /// @param party in a fork of the transcript after the join
    /// @param kept what the reductions have kept: for each section of the graph, for each of its reductions
    /// @throws Rejection `sumcheck/` and the name of a group
    /// @throws IllegalArgumentException if terms of one group have different variables
    public static void reduce(Party party, Graph graph, List<List<Kept>> kept) throws Rejection {
        for (List<DeferredTerm> terms : groups(graph, kept)) {
            reduce(party, terms);
        }
    }

    /// The terms of all sections by group, in order.
    static List<List<DeferredTerm>> groups(Graph graph, List<List<Kept>> kept) {
        Map<String, List<DeferredTerm>> groups = new LinkedHashMap<>();
        for (int i = 0; i < kept.size(); i++) {
            List<Reduction> reductions = graph.sections().get(i).reductions();
            for (int k = 0; k < reductions.size(); k++) {
                for (DeferredTerm term : reductions.get(k).deferred(kept.get(i).get(k))) {
                    groups.computeIfAbsent(term.group().name(), ignored -> new ArrayList<>()).add(term);
                }
            }
        }
        return List.copyOf(groups.values());
    }

    private static void reduce(Party party, List<DeferredTerm> terms) throws Rejection {
        DeferredTerm.Group group = terms.getFirst().group();
        String tag = "deferred/" + group.name();
        QM31[] point = party.challenges(tag + "/point", group.bits());
        QM31 alpha = party.batching(tag + "/alpha", terms.size());
        List<Expression> sums = new ArrayList<>();
        List<Expression> zeros = new ArrayList<>();
        PrivateValue claim = PrivateValue.ZERO;
        QM31 power = QM31.ONE;
        for (DeferredTerm term : terms) {
            if (!term.group().equals(group)) {
                throw new IllegalArgumentException(term.label() + " has other variables than " + group);
            }
            switch (term) {
                case DeferredTerm.Sum s -> {
                    sums.add(s.expression().times(power));
                    claim = claim.add(s.sum().mul(power));
                }
                case DeferredTerm.Zero z -> zeros.add(z.expression().times(power));
            }
            power = power.mul(alpha);
        }
        if (!zeros.isEmpty()) {
            sums.add(Expression.of(new EqFactor(group.variables(), point)).times(new Expression.Sum(zeros)));
        }
        party.sumcheck(tag, new Statement(group.variables(), new Expression.Sum(sums)), claim);
    }
}
