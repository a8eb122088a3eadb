package dev.chagres.gpt2.forgery;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.gpt2.forgery.Lie.Kind;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Lies told after the commitment: in messages, in opened values, in the claims of the opening. All values are true,
/// but for the adaptive ones.
final class SaidLies {
    private static final Set<String> LEAVES = Set.of("lookup/leaf-numerator", "lookup/leaf-denominator");
    private static final Set<String> SUMCHECKS = Set.of("sumcheck/tokens", "sumcheck/products", "sumcheck/squares",
            "sumcheck/rows", "sumcheck/acc", "sumcheck/scores", "sumcheck/output", "sumcheck/logits", "sumcheck/rotate",
            "sumcheck/gate");
    private static final Set<String> VALUE = union(LEAVES, SUMCHECKS,
            Set.of("lookup/table-numerator", "lookup/table-denominator", "attention/sum", "attention/sum-before"));
    private static final Set<String> ROOTS = Set.of("lookup/root-numerator", "lookup/root-denominator");

    private final CheatingProver prover;

    SaidLies(CheatingProver prover) {
        this.prover = prover;
    }

    @SafeVarargs
    private static Set<String> union(Set<String>... sets) {
        Set<String> all = new TreeSet<>();
        List.of(sets).forEach(all::addAll);
        return all;
    }

    /// What was said, and the checks that noticed.
    ///
    /// @param problem empty if one of the expected checks did
    record Row(String subject, String what, Set<String> checks, String problem) {}

    private static Row row(String subject, String what, Set<String> checks, Set<String> expected) {
        return new Row(subject, what, checks, expected.containsAll(checks) && !checks.isEmpty()
                ? "" : "caught by " + checks);
    }

    private interface Work<T> {
        T with(CheatingProver.Run r);
    }

    private <T> T run(Work<T> work) {
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            return work.with(r);
        }
    }

    private String check(Moves moves) {
        return run(r -> Outcome.of(prover, r, moves, true).check());
    }

    // --- messages ---------------------------------------------------------------------------------------------

    /// Counts messages of every tag.
    private Map<String, Integer> tags() {
        Map<String, Integer> counts = new LinkedHashMap<>();
        check(new Moves() {
            @Override
            public byte[] message(int fork, String tag, byte[] data) {
                counts.merge(tag, 1, Integer::sum);
                return data;
            }
        });
        return counts;
    }

    /// What is done to a message before it is absorbed.
    private enum Edit { FIRST_NUMBER, ZERO_APPENDED, LAST_DROPPED }

    /// Every kind of message: its first number is one too large, the first and the last time; a zero is appended, or
    /// its last number dropped, the first time. The prover absorbs and sends what it has made of it.
    List<Row> messages() {
        Map<String, Integer> counts = tags();
        return AttackMatrix.parallel(new ArrayList<>(counts.entrySet()), e -> {
            Set<String> checks = new TreeSet<>();
            int last = e.getValue() - 1;
            checks.add(check(edited(e.getKey(), 0, Edit.FIRST_NUMBER)));
            if (last > 0) {
                checks.add(check(edited(e.getKey(), last, Edit.FIRST_NUMBER)));
            }
            Set<String> lengths = new TreeSet<>(Set.of(check(edited(e.getKey(), 0, Edit.ZERO_APPENDED))));
            lengths.add(check(edited(e.getKey(), 0, Edit.LAST_DROPPED)));
            Row row = row(e.getKey(), e.getValue() + " | " + String.join(", ", checks), checks, expected(e.getKey()));
            return lengths.contains(Outcome.ACCEPTED)
                    ? new Row(row.subject(), row.what(), lengths, "a message of another length is accepted")
                    : new Row(row.subject(), row.what(), lengths, row.problem());
        });
    }

    private static Moves edited(String edited, int target, Edit edit) {
        int[] seen = {0};
        return new Moves() {
            @Override
            public byte[] message(int fork, String tag, byte[] data) {
                return tag.equals(edited) && seen[0]++ == target ? edit(tag, data, edit) : data;
            }
        };
    }

    private static byte[] edit(String tag, byte[] data, Edit edit) {
        return switch (edit) {
            case ZERO_APPENDED -> Arrays.copyOf(data, data.length + QM31.BYTES);
            case LAST_DROPPED -> Arrays.copyOf(data, data.length - QM31.BYTES);
            case FIRST_NUMBER -> {
                ByteBuffer changed = ByteBuffer.wrap(data.clone()).order(ByteOrder.LITTLE_ENDIAN);
                boolean digest = tag.equals("witness") || tag.equals("open/root");
                changed.putInt(0, digest ? ~changed.getInt(0) : M31.add(changed.getInt(0), 1));
                yield changed.array();
            }
        };
    }

    private static Set<String> expected(String tag) {
        return switch (tag) {
            case "witness", "open/root" -> Set.of("open/merkle");
            case "tree/root" -> ROOTS;
            case "tree/children" -> union(ROOTS, Set.of("lookup/layer"));
            case "tree/round" -> Set.of("lookup/layer");
            case "open" -> VALUE;
            case "virtual" -> LEAVES;
            case "open/batch", "open/value" -> Set.of("open/batch");
            case "open/fold" -> Set.of("open/final");
            case "open/clear" -> Set.of("open/clear");
            // A column that is 0 everywhere satisfies b (b - 1) = 0 with the value 1 as well: a false claim is left.
            case String s when s.endsWith("/rows/value") -> union(Set.of("sumcheck/rows"), Set.of("open/batch"));
            default -> SUMCHECKS;
        };
    }

    // --- values -----------------------------------------------------------------------------------------------

    /// Every column and virtual tensor: the value at its first opening is said one too large, and everything goes on
    /// from there.
    List<Row> values() {
        Set<String> names = new LinkedHashSet<>();
        run(r -> Outcome.of(prover, r, new Moves() {
            @Override
            public QM31 opened(Column column, QM31 value) {
                names.add(column.name());
                return value;
            }

            @Override
            public QM31 virtual(VirtualTensor tensor, QM31 value) {
                names.add(tensor.name());
                return value;
            }
        }, true));
        return AttackMatrix.parallel(new ArrayList<>(names), name -> {
            boolean[] told = {false};
            String check = check(new Moves() {
                @Override
                public QM31 opened(Column column, QM31 value) {
                    return column.name().equals(name) ? once(value) : value;
                }

                @Override
                public QM31 virtual(VirtualTensor tensor, QM31 value) {
                    return tensor.name().equals(name) ? once(value) : value;
                }

                private QM31 once(QM31 value) {
                    QM31 said = told[0] ? value : value.add(QM31.ONE);
                    told[0] = true;
                    return said;
                }
            });
            return row(name, "value + 1", Set.of(check), VALUE);
        });
    }

    // --- adaptive sumchecks -----------------------------------------------------------------------------------

    /// Exchanged values again, and at the end of each sumcheck that is false now one value is chosen so that its last
    /// check holds.
    List<Row> adaptive(List<AttackMatrix.Row> exchanged) {
        Map<String, AttackMatrix.Row> byRelation = new TreeMap<>();
        // The lookups are counted: another entry of a table would not balance.
        exchanged.stream().filter(r -> r.lie().kind() == Kind.EXCHANGED && r.outcome().violated().stream()
                .noneMatch(v -> v.contains(" ")))
                .sorted(Comparator.comparing(r -> r.lie().what().equals(Exchange.ANOTHER)))
                .forEach(r -> r.outcome().violated().forEach(v -> byRelation.putIfAbsent(v, r)));
        return AttackMatrix.parallel(new ArrayList<>(byRelation.entrySet()), e -> {
            Lie lie = e.getValue().lie();
            Set<String> adapted = e.getValue().outcome().violated();
            Outcome o = run(r -> {
                lie.change().apply(r, lie.places().getFirst());
                return Outcome.of(prover, r, new Moves() {
                    @Override
                    public boolean adapts(String sumcheck) {
                        // A derived value may have been chosen: the sumcheck about it follows.
                        return adapted.contains(sumcheck) || sumcheck.equals("deferred/rows");
                    }
                }, true);
            });
            Set<String> checks = new TreeSet<>(o.violated());
            checks.add(o.check());
            return row(e.getKey(), lie.operation() + "." + lie.column(), checks, Set.of("open/batch"));
        });
    }

    // --- claims -----------------------------------------------------------------------------------------------

    private static final List<String> CLAIM_LIES = List.of("dropped", "moved to another point", "about another tile");
    /// An opening takes as long as the rest of a proof.
    private static final int EVERY = 4;

    /// Every column that claims are about. For some of them the opening proves other claims than those that arose: the
    /// first one is dropped, moved or about other tiles, one after the other.
    ///
    /// @param all whether it is done for all columns
    List<Row> claims(boolean all) {
        return run(r -> {
            try (ForgedStream stream = Outcome.stream(prover, r, Moves.NONE)) {
                Map<String, Integer> first = new LinkedHashMap<>();
                Map<String, Integer> count = new LinkedHashMap<>();
                for (int i = 0; i < stream.claims().size(); i++) {
                    first.putIfAbsent(stream.claims().get(i).column().name(), i);
                    count.merge(stream.claims().get(i).column().name(), 1, Integer::sum);
                }
                List<String> columns = new ArrayList<>(first.keySet());
                return AttackMatrix.parallel(columns, name -> {
                    int number = columns.indexOf(name);
                    if (!all && number % EVERY != 0) {
                        return new Row(name, count.get(name) + " | ", Set.of(), "");
                    }
                    int kind = number / EVERY % CLAIM_LIES.size();
                    List<Claim> claims = new ArrayList<>(stream.claims());
                    lie(claims, first.get(name), kind);
                    String check = Outcome.verify(prover, r, stream.whole(claims));
                    return row(name, count.get(name) + " | " + CLAIM_LIES.get(kind), Set.of(check),
                            Set.of("open/batch"));
                });
            }
        });
    }

    private static void lie(List<Claim> claims, int i, int kind) {
        Claim c = claims.get(i);
        QM31[] low = c.low().clone();
        QM31[] weights = c.weights().clone();
        switch (kind) {
            case 0 -> claims.remove(i);
            case 1 -> {
                low[0] = low[0].add(QM31.ONE);
                claims.set(i, new Claim(c.column(), low, weights, c.value()));
            }
            default -> {
                weights[weights.length - 1] = weights[weights.length - 1].add(QM31.ONE);
                claims.set(i, new Claim(c.column(), low, weights, c.value()));
            }
        }
    }
}
