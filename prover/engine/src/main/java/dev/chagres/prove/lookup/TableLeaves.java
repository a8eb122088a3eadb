package dev.chagres.prove.lookup;

import dev.chagres.field.M31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.lookup.Table;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TreeLayout;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Leaves of lookup tables: multiplicity / (c - sum_i beta^i column_i - beta^8 id).
public final class TableLeaves implements LeafSource {
    private static final int CHUNK = 1024;

    /// A table with the data of its columns; null where a column is computed.
    private record Bound(Table table, long[] starts, HostTensor multiplicity, List<HostTensor> keys) {}

    private final List<Bound> tables = new ArrayList<>();
    private final LookupChallenges challenges;
    private final TilePlaces places;
    private final FieldKernels kernels;

    /// @param layout of the multiplicities' shapes, in the order of the tables
    /// @param columns data of multiplicities and key columns
    /// @throws IllegalArgumentException if data and shapes do not fit
    public TableLeaves(List<Table> tables, TreeLayout layout, LookupChallenges challenges,
            Function<Column, HostTensor> columns, FieldKernels kernels) {
        for (Table t : tables) {
            List<HostTensor> keys = new ArrayList<>();
            for (TablePolynomial c : t.columns()) {
                keys.add(c instanceof TablePolynomial.Key k ? KeyColumns.data(t, k, columns) : null);
            }
            HostTensor multiplicity = columns.apply(t.multiplicity());
            if (multiplicity.size() != t.multiplicity().shape().size()) {
                throw new IllegalArgumentException("multiplicities of table " + t + ": " + multiplicity.size()
                        + " values instead of " + t.multiplicity().shape().size());
            }
            this.tables.add(new Bound(t, t.starts(), multiplicity, keys));
        }
        this.challenges = challenges;
        this.places = new TilePlaces(layout, tables.stream().map(t -> t.multiplicity().shape()).toList());
        this.kernels = kernels;
    }

    /// The layout of the tree of these tables.
    public static TreeLayout layout(List<Table> tables) {
        return new TreeLayout(tables.stream().map(t -> t.multiplicity().shape()).toList());
    }

    @Override
    public LeafFiller filler(MemoryScope arena) {
        long scratch = arena.allocateBase(CHUNK);
        return (leaf, count, p, q, shift) -> places.forEach(leaf, count, CHUNK, (s, tile, from, n, at) -> {
            Bound b = tables.get(s);
            long slot = ((long) tile << b.table.tileBits()) + from;
            long skip = at * Memory.EXT_BYTES;
            if (p != 0) {
                embed(scratch, b.multiplicity, slot, n);
                kernels.extFromBase(p + skip, scratch, n);
            }
            kernels.fillExt(q + skip, challenges.base(b.table).add(shift), n);
            for (int i = 0; i < b.keys.size(); i++) {
                column(scratch, b, i, tile, from, n);
                kernels.addScaledBase(q + skip, scratch, challenges.powers()[i].neg(), n);
            }
        });
    }

    private void embed(long scratch, HostTensor data, long from, int n) {
        kernels.embedInts(scratch, data.address() + from * (data.width() / 8), data.width(), n);
    }

    /// Column `i` at `n` positions of a tile, as base elements in `scratch`.
    private void column(long scratch, Bound b, int i, int tile, int from, int n) {
        long first = b.starts[tile] + from;
        HostTensor key = b.keys.get(i);
        if (key == null) {
            TablePolynomial c = b.table.columns().get(i);
            for (int x = 0; x < n; x++) {
                Memory.setInt(scratch, x, M31.embed(c.at(first + x)));
            }
            return;
        }
        long slot = ((long) tile << b.table.tileBits()) + from;
        if (slot < key.size()) {
            // Keys have whole tiles, and a piece lies in one tile.
            embed(scratch, key, slot, n);
        } else {
            Memory.zero(scratch, 4L * n);
        }
    }
}
