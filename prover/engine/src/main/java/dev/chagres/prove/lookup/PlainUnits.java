package dev.chagres.prove.lookup;

import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import dev.chagres.lookup.TablePolynomial.Index;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.LeafProgram.Computed;
import dev.chagres.prove.stage.LeafProgram.Entries;
import dev.chagres.prove.stage.LeafProgram.Key;
import dev.chagres.prove.stage.LeafProgram.Stored;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The units of a tree of tables that need not be stored in its lowest layers, because almost all of their entries were
/// never looked up and their denominators count down: the leaf at place y of unit u has the denominator `first[u] - y`.
///
/// That is so where a table consists of an index alone, and where its other columns are zero: the far end of the table
/// of exponentials, most entries of a proof of few rows.
///
/// @param units plain units, ascending
/// @param first denominator at place 0 of each of them
/// @param columns positions with an entry that was looked up
/// @param dense the other units that exist, ascending
record PlainUnits(int[] units, QM31[] first, List<Column> columns, int[] dense) {
    /// Entries of a plain unit that were looked up, at most: each costs some scalar arithmetic in every layer.
    private static final int MOST = 16;

    /// The leaves of one position, one for each strip: all leaves of a unit whose places are the same modulo the length
    /// of a run.
    ///
    /// @param x position in a strip
    record Column(int x, QM31[] p, QM31[] q) {
        /// The nodes above.
        Column parent() {
            int half = p.length / 2;
            QM31[] sums = new QM31[half];
            QM31[] products = new QM31[half];
            for (int s = 0; s < half; s++) {
                sums[s] = p[s].mul(q[s + half]).add(p[s + half].mul(q[s]));
                products[s] = q[s].mul(q[s + half]);
            }
            return new Column(x, sums, products);
        }
    }

    /// @param program with tables in memory of the host, in a tree with strips
    static PlainUnits of(LeafProgram.Tables program) {
        TreeLayout layout = program.layout();
        Map<Integer, QM31> first = new TreeMap<>();
        List<Column> columns = new ArrayList<>();
        long size = 1L << layout.unitBits();
        for (int s = 0; s < program.tables().size(); s++) {
            Entries table = program.tables().get(s);
            int lowBits = table.shape().lowBits();
            for (int tile = 0; lowBits >= layout.unitBits() && tile < table.shape().tileCount(); tile++) {
                for (long from = 0; from < 1L << lowBits; from += size) {
                    long entry = table.starts()[tile] + from;
                    long slot = ((long) tile << lowBits) + from;
                    int unit = (int) (layout.place(s, tile) + from >> layout.unitBits());
                    int[] looked = plain(table, entry, slot, size)
                            ? lookedUp(HostTensor.of(table.multiplicity()), slot, (int) size) : null;
                    if (looked != null) {
                        Index index = (Index) ((Computed) table.keys().getFirst()).column();
                        QM31 denominator = table.constant().sub(QM31.embed(index.at(entry)));
                        first.put(unit, denominator);
                        columns.addAll(columns(layout, unit, denominator, looked, table, slot));
                    }
                }
            }
        }
        int[] dense = new int[(int) layout.units() - first.size()];
        int n = 0;
        for (int unit = 0; unit < layout.units(); unit++) {
            if (!first.containsKey(unit)) {
                dense[n++] = unit;
            }
        }
        return new PlainUnits(first.keySet().stream().mapToInt(u -> u).toArray(),
                first.values().toArray(QM31[]::new), columns, dense);
    }

    /// Whether the denominators of a unit of entries count down.
    private static boolean plain(Entries table, long entry, long slot, long size) {
        List<Key> keys = table.keys();
        boolean zero = true;
        for (Key other : keys.subList(1, keys.size())) {
            zero &= other instanceof Stored(QM31 _, var data) && slot >= data.size();
        }
        return zero && keys.getFirst() instanceof Computed(QM31 weight, Index index)
                && weight.equals(QM31.ONE.neg()) && index.at(entry + size - 1) - index.at(entry) == size - 1;
    }

    /// Entries from `slot` on, relative to it, that were looked up; null if they are many.
    private static int[] lookedUp(HostTensor multiplicity, long slot, int size) {
        int page = 1024;
        int[] found = new int[MOST];
        int n = 0;
        int bytes = multiplicity.width() / 8;
        for (int from = 0; from < size; from += page) {
            if (Memory.isZero(multiplicity.address() + (slot + from) * bytes, (long) page * bytes)) {
                continue;
            }
            for (int y = from; y < from + page; y++) {
                if (multiplicity.get(slot + y) != 0) {
                    if (n == MOST) {
                        return null;
                    }
                    found[n++] = y;
                }
            }
        }
        return Arrays.copyOf(found, n);
    }

    private static List<Column> columns(TreeLayout layout, int unit, QM31 first, int[] looked, Entries table,
            long slot) {
        int run = 1 << layout.runBits();
        int strips = 1 << layout.stripBits();
        Map<Integer, Column> columns = new TreeMap<>();
        HostTensor multiplicity = HostTensor.of(table.multiplicity());
        for (int y : looked) {
            int z = y & run - 1;
            Column column = columns.computeIfAbsent(unit << layout.runBits() | z, x -> {
                QM31[] p = new QM31[strips];
                QM31[] q = new QM31[strips];
                for (int s = 0; s < strips; s++) {
                    p[s] = QM31.ZERO;
                    q[s] = first.sub(QM31.of(s * run + z));
                }
                return new Column(x, p, q);
            });
            column.p[y >>> layout.runBits()] = QM31.embed(multiplicity.get(slot + y));
        }
        return List.copyOf(columns.values());
    }
}
