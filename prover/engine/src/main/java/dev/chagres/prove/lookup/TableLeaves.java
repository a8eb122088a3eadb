package dev.chagres.prove.lookup;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TablePolynomial;
import dev.chagres.lookup.TablePolynomial.Index;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.LeafProgram.Computed;
import dev.chagres.prove.stage.LeafProgram.Entries;
import dev.chagres.prove.stage.LeafProgram.Key;
import dev.chagres.prove.stage.LeafProgram.Stored;
import java.util.List;

/// Leaves of lookup tables.
final class TableLeaves implements LeafSource {
    private static final int CHUNK = 1024;
    private static final QM31 MINUS_ONE = QM31.ONE.neg();

    private final List<Entries> tables;
    private final TilePlaces places;
    private final FieldKernels kernels;

    TableLeaves(LeafProgram.Tables program, FieldKernels kernels) {
        this.tables = program.tables();
        this.places = new TilePlaces(program.layout(), tables.stream().map(Entries::shape).toList());
        this.kernels = kernels;
    }

    @Override
    public LeafFiller filler(MemoryScope arena) {
        long scratch = arena.allocateBase(CHUNK);
        long ramp = arena.allocateBase(CHUNK);
        for (int i = 0; i < CHUNK; i++) {
            Memory.setInt(ramp, i, i);
        }
        return (place, count, p, q, shift) -> places.forEach(place, count, CHUNK, (s, tile, from, n, at) -> {
            Entries t = tables.get(s);
            long slot = ((long) tile << t.shape().lowBits()) + from;
            long skip = at * Memory.EXT_BYTES;
            if (p != 0) {
                embed(scratch, HostTensor.of(t.multiplicity()), slot, n);
                kernels.extFromBase(p + skip, scratch, n);
            }
            QM31 constant = t.constant().add(shift);
            long entry = t.starts()[tile] + from;
            if (t.keys().getFirst() instanceof Computed(QM31 weight, Index index) && consecutive(index, entry, n)) {
                // An index is its first value and a ramp: nothing is made entry by entry.
                constant = constant.add(weight.mul(QM31.embed(index.at(entry))));
                add(q + skip, constant, weight, ramp, n);
            } else {
                kernels.fillExt(q + skip, constant, n);
                addKey(q + skip, t.keys().getFirst(), entry, slot, scratch, n);
            }
            for (int k = 1; k < t.keys().size(); k++) {
                addKey(q + skip, t.keys().get(k), entry, slot, scratch, n);
            }
        });
    }

    /// Whether an index counts on through n entries, without a repetition.
    private static boolean consecutive(Index index, long entry, int n) {
        return index.at(entry + n - 1) - index.at(entry) == n - 1;
    }

    /// `q = constant + weight * values`.
    private void add(long q, QM31 constant, QM31 weight, long values, int n) {
        if (weight.equals(MINUS_ONE)) {
            kernels.constantMinusBase(q, constant, values, n);
        } else {
            kernels.fillExt(q, constant, n);
            kernels.addScaledBase(q, values, weight, n);
        }
    }

    private void addKey(long q, Key key, long entry, long slot, long scratch, int n) {
        switch (key) {
            case Stored k -> {
                // Keys have whole tiles, and a piece lies in one tile; past the end they are zero.
                HostTensor data = HostTensor.of(k.data());
                if (slot >= data.size()) {
                    return;
                }
                embed(scratch, data, slot, n);
            }
            case Computed k -> computed(scratch, k.column(), entry, n);
        }
        kernels.addScaledBase(q, scratch, key.weight(), n);
    }

    private void embed(long scratch, HostTensor data, long from, int n) {
        kernels.embedInts(scratch, data.address() + from * (data.width() / 8), data.width(), n);
    }

    private static void computed(long scratch, TablePolynomial column, long first, int n) {
        for (int x = 0; x < n; x++) {
            Memory.setInt(scratch, x, M31.embed(column.at(first + x)));
        }
    }
}
