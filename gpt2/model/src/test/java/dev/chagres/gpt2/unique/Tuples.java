package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// The tuples of a lookup table as residues: all entries, also those that repeat an index.
final class Tuples {
    private final Table table;
    private final Assignment key;
    private final long end;

    /// @param table whose first column is an index
    /// @param key values of its columns that are committed with the key
    Tuples(Table table, Assignment key) {
        this.table = table;
        this.key = key;
        this.end = table.starts()[table.starts().length - 1] + (1L << table.tileBits());
    }

    /// All of them, in order of entries.
    void forEach(Consumer<int[]> action) {
        for (long start : table.starts()) {
            for (long i = start; i < start + (1L << table.tileBits()); i++) {
                action.accept(tuple(i));
            }
        }
    }

    /// Number of entries.
    long size() {
        return (long) table.starts().length << table.tileBits();
    }

    /// The tuples that begin with a residue.
    List<int[]> of(int first) {
        List<int[]> result = new ArrayList<>(1);
        for (long i = next(first, -1); i >= 0; i = next(first, i)) {
            result.add(tuple(i));
        }
        return result;
    }

    /// Whether a tuple begins with a residue.
    boolean begins(int first) {
        return next(first, -1) >= 0;
    }

    boolean has(int... tuple) {
        for (long i = next(tuple[0], -1); i >= 0; i = next(tuple[0], i)) {
            if (Arrays.equals(tuple(i), tuple)) {
                return true;
            }
        }
        return false;
    }

    /// The next entry that begins with a residue; -1 if there is none.
    private long next(int first, long after) {
        long base = 0;
        long step = switch (table.columns().getFirst()) {
            case TablePolynomial.Index index -> {
                base = index.base();
                yield 1L << index.bits();
            }
            case TablePolynomial.Digit digit when digit.from() == 0 -> 1L << digit.bits();
            case TablePolynomial other -> throw new IllegalStateException("a table that begins with " + other);
        };
        // The only number below p in the class of first - base; the index repeats every 2^bits <= p + 1 entries.
        long inside = M31.embed(first - base);
        if (inside >= step) {
            return -1;
        }
        for (long i = after < 0 ? inside : after + step; i < end; i += step) {
            if (table.slot(i) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private int[] tuple(long entry) {
        int[] tuple = new int[table.columns().size()];
        for (int k = 0; k < tuple.length; k++) {
            tuple[k] = switch (table.columns().get(k)) {
                case TablePolynomial.Key c -> key.get(c.column(), table.slot(entry));
                case TablePolynomial c -> M31.embed(c.at(entry));
            };
        }
        return tuple;
    }
}
