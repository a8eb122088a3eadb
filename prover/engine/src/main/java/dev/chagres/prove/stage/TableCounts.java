package dev.chagres.prove.stage;

import dev.chagres.lookup.Table;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// How often entries of tables were looked up. Counts of different lookups are added.
public final class TableCounts {
    private final Map<Table, int[]> counts = new IdentityHashMap<>();

    /// Counters for every slot of a table.
    public int[] of(Table table) {
        return counts.computeIfAbsent(table, t -> new int[t.starts().length << t.tileBits()]);
    }

    /// Adds what others have counted.
    public TableCounts add(TableCounts other) {
        other.counts.forEach((table, theirs) -> {
            int[] mine = counts.putIfAbsent(table, theirs);
            for (int i = 0; mine != null && i < mine.length; i++) {
                mine[i] += theirs[i];
            }
        });
        return this;
    }

    /// Adds the counts to multiplicity tensors.
    ///
    /// @param columns data of multiplicities
    public void addTo(Function<Column, ? extends IntTensor> columns) {
        counts.forEach((table, mine) -> {
            IntTensor multiplicity = columns.apply(table.multiplicity());
            for (int i = 0; i < mine.length; i++) {
                if (mine[i] != 0) {
                    multiplicity.set(i, multiplicity.get(i) + mine[i]);
                }
            }
        });
    }

    /// Writes the counts that are not zero.
    ///
    /// @param tables of the graph; tables are written as their number in this list
    public void write(DataOutput out, List<Table> tables) throws IOException {
        List<Table> counted = new ArrayList<>(tables);
        counted.removeIf(t -> !counts.containsKey(t));
        out.writeInt(counted.size());
        for (Table table : counted) {
            int[] mine = counts.get(table);
            out.writeInt(tables.indexOf(table));
            out.writeInt((int) Arrays.stream(mine).filter(n -> n != 0).count());
            for (int i = 0; i < mine.length; i++) {
                if (mine[i] != 0) {
                    out.writeInt(i);
                    out.writeInt(mine[i]);
                }
            }
        }
    }

    /// Reads what [#write] has written.
    public static TableCounts read(DataInput in, List<Table> tables) throws IOException {
        TableCounts result = new TableCounts();
        for (int n = in.readInt(); n > 0; n--) {
            int[] mine = result.of(tables.get(in.readInt()));
            for (int m = in.readInt(); m > 0; m--) {
                int slot = in.readInt();
                mine[slot] = in.readInt();
            }
        }
        return result;
    }
}
