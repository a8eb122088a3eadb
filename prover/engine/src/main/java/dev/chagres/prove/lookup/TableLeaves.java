package dev.chagres.prove.lookup;

import dev.chagres.field.M31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.lookup.TablePolynomial;
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
        return (place, count, p, q, shift) -> places.forEach(place, count, CHUNK, (s, tile, from, n, at) -> {
            Entries t = tables.get(s);
            long slot = ((long) tile << t.shape().lowBits()) + from;
            long skip = at * Memory.EXT_BYTES;
            if (p != 0) {
                embed(scratch, HostTensor.of(t.multiplicity()), slot, n);
                kernels.extFromBase(p + skip, scratch, n);
            }
            kernels.fillExt(q + skip, t.constant().add(shift), n);
            for (Key key : t.keys()) {
                switch (key) {
                    case Stored k -> stored(scratch, HostTensor.of(k.data()), slot, n);
                    case Computed k -> computed(scratch, k.column(), t.starts()[tile] + from, n);
                }
                kernels.addScaledBase(q + skip, scratch, key.weight(), n);
            }
        });
    }

    private void embed(long scratch, HostTensor data, long from, int n) {
        kernels.embedInts(scratch, data.address() + from * (data.width() / 8), data.width(), n);
    }

    private void stored(long scratch, HostTensor key, long slot, int n) {
        if (slot < key.size()) {
            // Keys have whole tiles, and a piece lies in one tile.
            embed(scratch, key, slot, n);
        } else {
            Memory.zero(scratch, 4L * n);
        }
    }

    private static void computed(long scratch, TablePolynomial column, long first, int n) {
        for (int x = 0; x < n; x++) {
            Memory.setInt(scratch, x, M31.embed(column.at(first + x)));
        }
    }
}
