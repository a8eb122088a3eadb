package dev.chagres.relation;

import dev.chagres.field.QM31;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A linear form of masks: of one mask, or `a left + b right`. Forms share their parts, so that a claim which runs
/// through all rounds of a sumcheck costs a few nodes a round.
final class Form {
    /// A mask: that of a message, or the product of those of two messages.
    record Mask(Kind kind, int number) implements Comparable<Mask> {
        private static final Comparator<Mask> ORDER = Comparator.comparing(Mask::kind).thenComparingInt(Mask::number);

        @Override
        public int compareTo(Mask other) {
            return ORDER.compare(this, other);
        }
    }

    /// What a mask hides.
    enum Kind { MESSAGE, PRODUCT }

    private final Mask mask;
    private final Form left;
    private final Form right;
    private final QM31 a;
    private final QM31 b;
    /// Longest way to a mask.
    private final int depth;

    private Form(Mask mask, Form left, QM31 a, Form right, QM31 b) {
        this.mask = mask;
        this.left = left;
        this.a = a;
        this.right = right;
        this.b = b;
        this.depth = mask != null ? 0 : 1 + Math.max(depth(left), depth(right));
    }

    private static int depth(Form form) {
        return form == null ? 0 : form.depth;
    }

    static Form of(Mask mask) {
        return new Form(mask, null, null, null, null);
    }

    /// `a x + b y`, where null stands for the form without masks.
    static Form sum(Form x, QM31 a, Form y, QM31 b) {
        if (x == null && y == null) {
            return null;
        }
        return new Form(null, x, a, y, b);
    }

    /// The coefficients of a form, by mask, those that happen to be 0 included.
    Map<Mask, QM31> coefficients() {
        return coefficients(List.of(this), List.of(QM31.ONE));
    }

    /// The coefficients of `sum_i factors[i] forms[i]`, by mask: one pass from the sums to the masks.
    static Map<Mask, QM31> coefficients(List<Form> forms, List<QM31> factors) {
        Map<Form, QM31> weight = new IdentityHashMap<>();
        for (int i = 0; i < forms.size(); i++) {
            weight.merge(forms.get(i), factors.get(i), QM31::add);
        }
        Map<Mask, QM31> result = new TreeMap<>();
        for (Form form : fromTheTop(weight.keySet())) {
            QM31 w = weight.get(form);
            if (form.mask != null) {
                result.merge(form.mask, w, QM31::add);
            } else {
                add(weight, form.left, w, form.a);
                add(weight, form.right, w, form.b);
            }
        }
        return result;
    }

    private static void add(Map<Form, QM31> weight, Form part, QM31 w, QM31 factor) {
        if (part != null) {
            weight.merge(part, w.mul(factor), QM31::add);
        }
    }

    /// All parts of some forms, each before its own parts.
    private static List<Form> fromTheTop(Collection<Form> forms) {
        Map<Form, Boolean> seen = new IdentityHashMap<>();
        Deque<Form> open = new ArrayDeque<>(forms);
        while (!open.isEmpty()) {
            Form form = open.pop();
            if (seen.put(form, true) == null) {
                for (Form part : new Form[] {form.left, form.right}) {
                    if (part != null) {
                        open.push(part);
                    }
                }
            }
        }
        List<Form> all = new ArrayList<>(seen.keySet());
        all.sort(Comparator.comparingInt((Form f) -> f.depth).reversed());
        return all;
    }
}
