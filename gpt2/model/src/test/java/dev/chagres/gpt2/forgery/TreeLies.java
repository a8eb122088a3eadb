package dev.chagres.gpt2.forgery;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.forgery.PlainTree;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.TensorView;
import dev.chagres.tensor.IntTensor;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Trees of fractions of a forger with a tuple that is in no table: all of them make up for it, each in a place of
/// its own.
final class TreeLies {
    private static final String PAIR = WitnessLies.NORM + ".rootPair";
    private static final String LIMB = WitnessLies.NORM + ".rhoLow";
    /// A table of one column whose counts make up for a tuple.
    private static final String RANGE = "range9";

    private TreeLies() {}

    private static Forged told(CheatingProver p, WitnessLies.Answer answer) {
        return WitnessLies.told(p, Set.of(PAIR), WitnessLies.ROOT_AND_PAIR, answer);
    }

    /// The tuple is not counted, and nothing makes up for it.
    static Forged balance(CheatingProver p) {
        return told(p, WitnessLies.Answer.NONE);
    }

    /// Number of a segment of the first section.
    private static int segment(CheatingProver.Run r, Lookup lookup) {
        return r.graph.sections().getFirst().segments().indexOf(lookup);
    }

    private static Table range(CheatingProver.Run r) {
        return r.graph.tables().stream().filter(t -> t.name().equals(RANGE)).findFirst().orElseThrow();
    }

    private static boolean isFirst(CheatingProver.Run r, LeafProgram leaves) {
        return leaves instanceof LeafProgram.Lookups l
                && l.segments().size() == r.graph.sections().getFirst().segments().size();
    }

    // --- roots --------------------------------------------------------------------------------------------------

    /// What a forger says at the top of the tree of the tables.
    private interface Top {
        /// @param sum of the sections
        /// @param root P, Q to be changed
        void root(QM31 sum, QM31[] root);

        /// @param root as said
        /// @param child p0, p1, q0, q1 to be changed
        default void children(QM31[] root, QM31[] child) {}
    }

    private static WitnessLies.Answer top(Top top) {
        return (r, _) -> {
            int tables = r.graph.sections().size();
            return new Moves() {
                private QM31 sum = QM31.ZERO;
                private QM31[] root;
                private boolean below;

                @Override
                public byte[] message(int fork, String tag, byte[] data) {
                    QM31[] sent = tag.startsWith("tree/") ? decode(data) : null;
                    if (fork < tables && tag.equals("tree/root")) {
                        sum = sum.add(sent[0].mul(sent[1].inv()));
                    } else if (fork == tables && tag.equals("tree/root")) {
                        top.root(sum, sent);
                        root = sent;
                        return Transcript.encode(sent);
                    } else if (fork == tables && tag.equals("tree/children") && !below) {
                        below = true;
                        top.children(root, sent);
                        return Transcript.encode(sent);
                    }
                    return data;
                }
            };
        };
    }

    static QM31[] decode(byte[] data) {
        ByteBuffer b = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        QM31[] values = new QM31[data.length / QM31.BYTES];
        Arrays.setAll(values, _ -> new QM31(b.getInt(), b.getInt(), b.getInt(), b.getInt()));
        return values;
    }

    /// A numerator that balances, over children that do not add up to it.
    static Forged rootNumerator(CheatingProver p) {
        return told(p, top((sum, root) -> root[0] = sum.mul(root[1])));
    }

    /// A denominator that balances, over children whose product it is not.
    static Forged rootDenominator(CheatingProver p) {
        return told(p, top((sum, root) -> root[1] = root[0].mul(sum.inv())));
    }

    /// A numerator that balances and children that add up to it, over a layer that does not.
    static Forged layer(CheatingProver p) {
        return told(p, top(new Top() {
            @Override
            public void root(QM31 sum, QM31[] root) {
                root[0] = sum.mul(root[1]);
            }

            @Override
            public void children(QM31[] root, QM31[] child) {
                child[0] = root[0].sub(child[1].mul(child[2])).mul(child[3].inv());
            }
        }));
    }

    // --- leaves of lookups --------------------------------------------------------------------------------------

    /// The tuple has numerator 0.
    static Forged leafNumerator(CheatingProver p) {
        return told(p, (r, missing) -> new Moves() {
            @Override
            public Optional<FractionTreeVerifier.Result> tree(ProverChannel channel, LeafProgram leaves) {
                if (!isFirst(r, leaves)) {
                    return Optional.empty();
                }
                PlainTree tree = PlainTree.of((LeafProgram.Lookups) leaves);
                missing.forEach((lookup, elements) -> elements.forEach(x ->
                        tree.numerator(PlainTree.leaf(leaves, segment(r, lookup), x), QM31.ZERO)));
                return Optional.of(tree.prove(channel));
            }
        });
    }

    /// The tree has the values of another tensor, all of which are in the table and counted there.
    static Forged leafDenominator(CheatingProver p) {
        return told(p, (r, missing) -> {
            Lookup lookup = missing.keySet().iterator().next();
            HostTensor honest = r.data(PAIR);
            HostTensor said = TestTensors.zero(r.column(PAIR).shape(), 32);
            for (long x = 0; x < said.size(); x++) {
                said.set(x, honest.get(x));
            }
            for (long x : missing.get(lookup)) {
                // The pair before it was made smaller: in the table, with the same k.
                said.set(x, honest.get(x) + r.data(WitnessLies.NORM + ".two").get(x));
                HostTensor counts = r.data(lookup.table().multiplicity().name());
                long slot = lookup.table().slot(said.get(x) - lookup.table().firstValue());
                counts.set(slot, counts.get(slot) + 1);
            }
            return new Moves() {
                @Override
                public LeafProgram leaves(LeafProgram leaves) {
                    return isFirst(r, leaves) ? with((LeafProgram.Lookups) leaves, segment(r, lookup), honest, said)
                            : leaves;
                }
            };
        });
    }

    private static LeafProgram with(LeafProgram.Lookups leaves, int number, IntTensor old, IntTensor said) {
        List<LeafProgram.Segment> segments = new ArrayList<>(leaves.segments());
        LeafProgram.Segment s = segments.get(number);
        segments.set(number, new LeafProgram.Segment(s.shape(), s.constant(), s.terms().stream()
                .map(t -> t.values().data() == old ? new LeafProgram.Term(t.weight(), new TensorView(said,
                        t.values().starts(), t.values().inside())) : t).toList()));
        return new LeafProgram.Lookups(leaves.layout(), List.copyOf(segments));
    }

    // --- leaves of tables ---------------------------------------------------------------------------------------

    /// The tree of the tables has other counts than those committed, chosen after the challenges.
    static Forged tableNumerator(CheatingProver p) {
        return told(p, (r, missing) -> new Moves() {
            private QM31 tuple;

            @Override
            public LeafProgram leaves(LeafProgram leaves) {
                if (leaves instanceof LeafProgram.Tables t) {
                    int number = r.graph.tables().indexOf(range(r));
                    List<LeafProgram.Entries> tables = new ArrayList<>(t.tables());
                    LeafProgram.Entries e = tables.get(number);
                    HostTensor counts = TestTensors.zero(e.shape(), 32);
                    for (long x = 0; x < counts.size(); x++) {
                        counts.set(x, e.multiplicity().get(x));
                    }
                    balance(counts, e, tuple);
                    tables.set(number, new LeafProgram.Entries(e.shape(), e.constant(), counts, e.starts(), e.keys()));
                    return new LeafProgram.Tables(t.layout(), List.copyOf(tables));
                }
                if (isFirst(r, leaves)) {
                    tuple = only(r, (LeafProgram.Lookups) leaves, missing);
                }
                return leaves;
            }
        });
    }

    /// The denominator of the only tuple that is in no table.
    private static QM31 only(CheatingProver.Run r, LeafProgram.Lookups leaves, Map<Lookup, List<Long>> missing) {
        Lookup lookup = missing.keySet().iterator().next();
        return PlainTree.denominator(leaves.segments().get(segment(r, lookup)), missing.get(lookup).getFirst());
    }

    /// Adds to the counts of the first entries of a table what makes up for a looked-up tuple: 1/q, in four coordinates
    /// over the base field.
    private static void balance(HostTensor counts, LeafProgram.Entries table, QM31 tuple) {
        int n = 4;
        int[][] rows = new int[n][n + 1];
        for (int i = 0; i <= n; i++) {
            QM31 v = (i < n ? denominator(table, i) : tuple).inv();
            int[] c = {v.c0(), v.c1(), v.c2(), v.c3()};
            for (int k = 0; k < n; k++) {
                rows[k][i] = c[k];
            }
        }
        int[] x = solve(rows);
        for (int i = 0; i < n; i++) {
            counts.set(i, M31.add(M31.embed(counts.get(i)), x[i]));
        }
    }

    private static QM31 denominator(LeafProgram.Entries table, long entry) {
        QM31 sum = table.constant();
        for (LeafProgram.Key k : table.keys()) {
            long value = switch (k) {
                case LeafProgram.Stored s -> s.data().get(entry);
                case LeafProgram.Computed c -> c.column().at(entry);
            };
            sum = sum.add(k.weight().mul(QM31.embed(value)));
        }
        return sum;
    }

    /// Gauss over the base field; the last column is the right side.
    private static int[] solve(int[][] rows) {
        int n = rows.length;
        for (int c = 0; c < n; c++) {
            int pivot = c;
            while (rows[pivot][c] == 0) {
                pivot++;
            }
            int[] top = rows[pivot];
            rows[pivot] = rows[c];
            rows[c] = top;
            int inverse = M31.inv(top[c]);
            for (int j = 0; j <= n; j++) {
                top[j] = M31.mul(top[j], inverse);
            }
            for (int i = 0; i < n; i++) {
                int factor = rows[i][c];
                for (int j = 0; j <= n && i != c; j++) {
                    rows[i][j] = M31.sub(rows[i][j], M31.mul(factor, top[j]));
                }
            }
        }
        return Arrays.stream(rows).mapToInt(row -> row[n]).toArray();
    }

    /// The tree of the tables has an entry that the table does not have, and it is counted.
    static Forged tableDenominator(CheatingProver p) {
        return WitnessLies.told(p, Set.of(LIMB), WitnessLies.LIMBS, (r, missing) -> {
            Table table = range(r);
            HostTensor counts = r.data(table.multiplicity().name());
            HostTensor entries = TestTensors.zero(table.multiplicity().shape(), 32);
            for (int i = 0; i < entries.size(); i++) {
                entries.set(i, i);
            }
            int unused = 0;
            for (long x : missing.values().iterator().next()) {
                while (counts.get(unused) != 0) {
                    unused++;
                }
                entries.set(unused, r.data(LIMB).get(x));
                counts.set(unused, 1);
            }
            return new Moves() {
                @Override
                public LeafProgram leaves(LeafProgram leaves) {
                    if (!(leaves instanceof LeafProgram.Tables t)) {
                        return leaves;
                    }
                    int number = r.graph.tables().indexOf(table);
                    List<LeafProgram.Entries> tables = new ArrayList<>(t.tables());
                    LeafProgram.Entries e = tables.get(number);
                    tables.set(number, new LeafProgram.Entries(e.shape(), e.constant(), e.multiplicity(), e.starts(),
                            List.of(new LeafProgram.Stored(e.keys().getFirst().weight(), entries))));
                    return new LeafProgram.Tables(t.layout(), List.copyOf(tables));
                }
            };
        });
    }

    // --- tables and challenges ----------------------------------------------------------------------------------

    /// A limb of 10 bits, counted in the range of 13 bits.
    static Forged anotherTable(CheatingProver p) {
        return WitnessLies.told(p, Set.of(LIMB), WitnessLies.LIMBS, (r, missing) -> {
            HostTensor counts = r.data("count.range13");
            missing.forEach((_, elements) -> elements.forEach(x -> {
                int value = r.data(LIMB).get(x);
                counts.set(value, counts.get(value) + 1);
            }));
            return Moves.NONE;
        });
    }

    /// Counts chosen after the challenges, which do not depend on the witness here.
    static Forged countsAfterChallenges(CheatingProver p) {
        return told(p, (r, missing) -> {
            ProverChannel channel = new ProverChannel(FiatShamirLies.beforeLookups(p, r, new byte[32]));
            LookupChallenges challenges = LookupChallenges.draw(channel);
            List<Lookup> segments = r.graph.sections().getFirst().segments();
            QM31 tuple = only(r, LeafProgram.of(segments, LeafProgram.layoutOfLookups(segments), challenges,
                    r.witness), missing);
            List<Table> tables = List.of(range(r));
            LeafProgram.Tables leaves = LeafProgram.ofTables(tables, LeafProgram.layoutOfTables(tables), challenges,
                    r.witness);
            balance(r.data(range(r).multiplicity().name()), leaves.tables().getFirst(), tuple);
            return Moves.NONE;
        });
    }
}
