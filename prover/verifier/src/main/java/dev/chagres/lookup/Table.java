package dev.chagres.lookup;

import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.List;

/// A lookup table: a list of columns over numbered entries. A tuple is in the table when some entry equals it.
///
/// The first column decides the entry: `entry = first component - firstValue()`, so that multiplicities can be counted
/// without a search; where the second column is a [TablePolynomial.Digit] above the first, both do. Entries exist in
/// whole tiles of 2^tileBits; tile t covers entries from `start(t)`.
public final class Table {
    private final int id;
    private final String name;
    private final int tileBits;
    private final long[] starts;
    private final List<TablePolynomial> columns;
    private final Column multiplicity;
    /// Tiles of the first run of consecutive ones.
    private final int run;

    /// @param id distinct for every table of a proof; separates tables inside the lookup argument
    /// @param starts first entry of every tile, increasing multiples of 2^tileBits
    /// @param columns at most [LookupChallenges#MAX_COMPONENTS]
    public Table(int id, String name, int tileBits, long[] starts, List<TablePolynomial> columns) {
        if (columns.isEmpty() || columns.size() > LookupChallenges.MAX_COMPONENTS) {
            throw new IllegalArgumentException("table " + name + " has " + columns.size()
                    + " columns; the lookup argument takes 1 to " + LookupChallenges.MAX_COMPONENTS);
        }
        this.id = id;
        this.name = name;
        this.tileBits = tileBits;
        this.starts = starts.clone();
        this.columns = List.copyOf(columns);
        int n = 1;
        while (n < starts.length && starts[n] == starts[n - 1] + (1L << tileBits)) {
            n++;
        }
        this.run = n;
        this.multiplicity = new Column("count." + name,
                Shape.of(Axis.low("entry", tileBits), Axis.high("part", starts.length)), Column.Tree.WITNESS);
    }

    /// Consecutive tiles from entry 0 that cover `entries` entries.
    public static long[] consecutive(int tileBits, long entries) {
        long[] starts = new long[Math.toIntExact((entries + (1L << tileBits) - 1) >> tileBits)];
        for (int t = 0; t < starts.length; t++) {
            starts[t] = (long) t << tileBits;
        }
        return starts;
    }

    public int id() {
        return id;
    }

    public String name() {
        return name;
    }

    public int tileBits() {
        return tileBits;
    }

    public long[] starts() {
        return starts.clone();
    }

    public List<TablePolynomial> columns() {
        return columns;
    }

    /// How often each entry is looked up in the whole proof.
    public Column multiplicity() {
        return multiplicity;
    }

    /// The first component of entry 0.
    public long firstValue() {
        return columns.getFirst().at(0);
    }

    /// Bits of the first component where the first two components decide the entry, `first + (second << bits)`; 0 where
    /// the first alone does.
    public int digitBits() {
        return columns.size() > 1 && columns.get(1) instanceof TablePolynomial.Digit second ? second.from() : 0;
    }

    /// The only entry that can equal a tuple.
    ///
    /// @param components at least as many as decide
    public long entry(long... components) {
        return components[0] - firstValue() + (digitBits() == 0 ? 0 : components[1] << digitBits());
    }

    /// Tiles of the first run of consecutive ones, from tile 0 on.
    public int firstRun() {
        return run;
    }

    /// Index, in the stored multiplicity tensor, of entry `i`; -1 when no tile has it.
    public long slot(long i) {
        if (i < 0) {
            return -1;
        }
        long start = i >> tileBits << tileBits;
        int t = java.util.Arrays.binarySearch(starts, start);
        return t < 0 ? -1 : ((long) t << tileBits) + (i - start);
    }

    @Override
    public String toString() {
        return name;
    }
}
