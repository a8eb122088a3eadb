package dev.chagres.graph.op;

import dev.chagres.lookup.ClampedIndex;
import dev.chagres.lookup.ListedValues;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// The lookup tables of one graph; equal tables are shared. Ids are given in the order of creation, which is the same
/// for both parties because both compile the same graph.
public final class LookupTables {
    private static final int MAX_TILE_BITS = 16;
    /// Most entries of a function table.
    private static final long MAX_FUNCTION = 1 << 20;
    /// Most entries of a table of quotients.
    private static final long MAX_QUOTIENTS = 1 << 24;
    /// Most bits of a component of a table of pairs.
    private static final int MAX_PAIR_BITS = 9;

    private final List<Table> all = new ArrayList<>();
    private final Map<Integer, Table> ranges = new LinkedHashMap<>();
    private final Map<Integer, Table> pairs = new LinkedHashMap<>();
    private final List<Column> stored = new ArrayList<>();
    private Table floorLog2;

    private Table add(String name, int tileBits, long[] starts, TablePolynomial... columns) {
        Table t = new Table(all.size() + 1, name, tileBits, starts, List.of(columns));
        all.add(t);
        return t;
    }

    /// All tables so far.
    public List<Table> all() {
        return List.copyOf(all);
    }

    /// Table columns whose values are with the key, committed or defined, in order of creation.
    public List<Column> stored() {
        return List.copyOf(stored);
    }

    /// Those of [#stored()] that are committed.
    public List<Column> keyColumns() {
        return stored.stream().filter(c -> c.tree() == Column.Tree.KEY).toList();
    }

    /// [0, 2^bits).
    public Table range(int bits) {
        return ranges.computeIfAbsent(bits, b ->
                add("range" + b, Math.max(4, b), new long[] {0}, new TablePolynomial.Index(0, b)));
    }

    /// [0, 2^bits)^2: entry i is the pair (i mod 2^bits, i >> bits).
    ///
    /// @param bits 1..9
    public Table pair(int bits) {
        if (bits < 1 || bits > MAX_PAIR_BITS) {
            throw new IllegalArgumentException("pairs of " + bits + " bits");
        }
        return pairs.computeIfAbsent(bits, b -> {
            int tileBits = Math.clamp(2L * b, 4, MAX_TILE_BITS);
            return add("pair" + b, tileBits, Table.consecutive(tileBits, 1L << 2 * b),
                    new TablePolynomial.Digit(0, b), new TablePolynomial.Digit(b, b));
        });
    }

    /// The table of the remainders of two shifts by `shift`, one lookup for both where their pairs are few: [#pair], or
    /// else [#range].
    ///
    /// @param shift 1..16
    public Table remainders(int shift) {
        return shift <= MAX_PAIR_BITS ? pair(shift) : range(shift);
    }

    /// [0, tiles 2^tileBits).
    public Table prefix(String name, int tileBits, int tiles) {
        return add(name, tileBits, Table.consecutive(tileBits, (long) tiles << tileBits),
                new TablePolynomial.Index(0, 31));
    }

    /// Pairs (i, floor(log2 i)) for 0 < i < 2^16.
    public Table floorLog2() {
        if (floorLog2 == null) {
            floorLog2 = add("log2", 16, new long[] {0}, new TablePolynomial.Index(0, 16),
                    new TablePolynomial.FloorLog2());
        }
        return floorLog2;
    }

    /// Explicit columns; the first must be 0, 1, 2, ... on the entries that count. A multiple of 16 entries, a power of
    /// two.
    public Table explicit(String name, int indexBits, long[]... others) {
        TablePolynomial[] columns = new TablePolynomial[others.length + 1];
        columns[0] = new TablePolynomial.Index(0, indexBits);
        for (int i = 0; i < others.length; i++) {
            columns[i + 1] = new TablePolynomial.Explicit(others[i]);
        }
        return add(name, Axis.ceilLog2(others[0].length), new long[] {0}, columns);
    }

    /// base + i for the entries of the given tiles.
    public Table index(String name, long base, int bits, int tileBits, long... starts) {
        return add(name, tileBits, starts, new TablePolynomial.Index(base, bits));
    }

    /// Pairs (base + i, values\[i\]) for the entries of the given tiles, `values` committed with the key.
    public Table function(String name, long base, int tileBits, long... starts) {
        return add(name, tileBits, starts, new TablePolynomial.Index(base, 31),
                key(name + ".out", tileBits, starts.length));
    }

    /// Pairs (base + i, f(base + i)) for i < entries, rounded up to whole tiles but to at most `limit` entries; the
    /// values of f are committed with the key.
    ///
    /// @throws IllegalArgumentException if there are more than 2^20 entries or no tile size keeps the limit
    public Table function(String name, long base, long entries, long limit) {
        int bits = functionBits(name, entries, limit);
        return function(name, base, bits, Table.consecutive(bits, entries));
    }

    /// Pairs (base + i, base + i clamped to -bound .. bound), with as many entries as [#function(String, long, long,
    /// long)] has.
    ///
    /// @throws IllegalArgumentException alike
    public Table clamp(String name, long base, long entries, long limit, int bound) {
        int bits = functionBits(name, entries, limit);
        long[] starts = Table.consecutive(bits, entries);
        return add(name, bits, starts, new TablePolynomial.Index(base, 31),
                defined(name + ".out", bits, starts.length, new ClampedIndex(base, bound)));
    }

    /// lowest + i for i < entries, rounded up to whole tiles but to at most `limit` entries.
    ///
    /// @throws IllegalArgumentException if there are more than 2^24 entries or no tile size keeps the limit
    public Table quotients(String name, long lowest, long entries, long limit) {
        int bits = functionBits(name, entries, limit, MAX_QUOTIENTS);
        return index(name, lowest, 31, bits, Table.consecutive(bits, entries));
    }

    private static int functionBits(String name, long entries, long limit) {
        return functionBits(name, entries, limit, MAX_FUNCTION);
    }

    private static int functionBits(String name, long entries, long limit, long most) {
        int bits = tileBits(entries);
        while (bits > 4 && wholeTiles(bits, entries) > limit) {
            bits--;
        }
        if (entries < 1 || entries > most || wholeTiles(bits, entries) > limit) {
            throw new IllegalArgumentException(
                    name + ": " + entries + " entries exceed the limit of " + Math.min(limit, most));
        }
        return bits;
    }

    private static long wholeTiles(int tileBits, long entries) {
        return (entries + (1L << tileBits) - 1) >> tileBits << tileBits;
    }

    /// Triples (D, EXP\[D\], EXP\[D-1\]) for D in \[0, reach\] and in \[maskOffset - reach, maskOffset + reach\], in
    /// whole tiles of the size that all D up to maskOffset + reach would have.
    ///
    /// @param reach at least the support, at most maskOffset
    /// @param exp EXP\[-1\], EXP\[0\], ..., EXP\[support\] = 0; the entries after the support are 0
    public Table exponential(String name, long maskOffset, long reach, int[] exp) {
        if (reach < exp.length - 2 || reach > maskOffset) {
            throw new IllegalArgumentException(name + ": a reach of " + reach + " with a support of "
                    + (exp.length - 2) + " and a mask offset of " + maskOffset);
        }
        int bits = tileBits(maskOffset + reach + 1);
        int tiles = Table.consecutive(bits, exp.length - 1).length;
        ListedValues before = new ListedValues(exp, 0);
        long low = reach >> bits;
        long[] starts = LongStream.rangeClosed(0, maskOffset + reach >> bits)
                .filter(t -> t <= low || t >= maskOffset - reach >> bits).map(t -> t << bits).toArray();
        return add(name, bits, starts, new TablePolynomial.Index(0, 31),
                defined(name + ".at", bits, tiles, before.skip(1)),
                defined(name + ".before", bits, tiles, before));
    }

    private static int tileBits(long entries) {
        return Math.clamp(Axis.ceilLog2(entries) - 3, 4, MAX_TILE_BITS);
    }

    private TablePolynomial key(String name, int tileBits, int tiles) {
        return new TablePolynomial.Key(column(name, tileBits, tiles, Column.Tree.KEY));
    }

    private TablePolynomial defined(String name, int tileBits, int tiles, TablePolynomial function) {
        return new TablePolynomial.Defined(column(name, tileBits, tiles, Column.Tree.DEFINED), function);
    }

    private Column column(String name, int tileBits, int tiles, Column.Tree tree) {
        Column c = new Column(name, Shape.of(Axis.low("entry", tileBits), Axis.high("part", tiles)), tree);
        stored.add(c);
        return c;
    }

    /// Column `i` of a table, whose values are with the key.
    public static Column storedColumn(Table table, int i) {
        return ((TablePolynomial.Stored) table.columns().get(i)).column();
    }
}
