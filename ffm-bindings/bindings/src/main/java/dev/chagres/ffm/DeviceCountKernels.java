package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_count_column;
import dev.chagres.ffm.generated.cuda.chg_count_part;
import dev.chagres.ffm.generated.cuda.chg_count_table;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Counts of lookups: for each position of a segment, the tuple of its components is looked for in a table. Calls return
/// at once.
public final class DeviceCountKernels {
    /// Components of a lookup, at most.
    public static final int MAX_COMPONENTS = ChagresCuda.CHG_COUNT_COLUMNS();
    /// Parts of all components of a lookup, at most.
    public static final int MAX_PARTS = ChagresCuda.CHG_COUNT_PARTS();

    private final Operands operands;

    DeviceCountKernels(Operands operands) {
        this.operands = operands;
    }

    /// Where a table has entries.
    ///
    /// @param starts first entry of each tile, 64 bits, increasing; null: tiles follow one another from entry 0 on
    /// @param tiles of 2^tileBits entries each
    /// @param firstValue first component of entry 0
    /// @param digitBits bits of the first component where the second one is above it; 0: the first one is the entry
    public record Table(DeviceBuffer starts, long tiles, int tileBits, long firstValue, int digitBits) {}

    /// `scale` times integer `starts[tile] + inside[x]` of the data, 0 where there is none.
    ///
    /// @param size integers of the data
    /// @param starts of each tile, 64 bits; null: tiles follow one another
    /// @param inside of each position in a tile, 32 bits; null: the position itself
    /// @param look what the integers are looked up in; null: nothing
    public record Part(DeviceInts data, long size, DeviceBuffer starts, DeviceBuffer inside, Look look, long scale) {}

    /// `table[v - base]` for an integer v, 0 where there is none.
    ///
    /// @param table of 32 bits
    /// @param size integers of the table
    public record Look(DeviceInts table, long size, long base) {}

    /// What a component has to equal.
    public sealed interface Column permits Bits, Values {}

    /// base + bits [shift, shift + digits) of the number of the entry.
    public record Bits(long base, int shift, int digits) implements Column {}

    /// Integers by slot, followed by zeros.
    public record Values(DeviceInts values, long size) implements Column {}

    /// offset + the sum of the parts, which has to equal a column of the table.
    public record Component(long offset, List<Part> parts, Column column) {}

    /// `counts[slot] += 1` for the tuple of each position of `tiles` tiles of 2^lowBits.
    ///
    /// @param counts a counter of 32 bits for each entry of the tiles of the table
    /// @param outside eight bytes that become 1 if a tuple is not in the table
    public void count(DeviceBuffer counts, DeviceBuffer outside, Table table, List<Component> components, int lowBits,
            long tiles) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment where = chg_count_table.allocate(arena);
            chg_count_table.starts(where, optional(table.starts(), table.tiles(), Long.BYTES));
            chg_count_table.tiles(where, table.tiles());
            chg_count_table.first_value(where, table.firstValue());
            chg_count_table.tile_bits(where, table.tileBits());
            chg_count_table.digit_bits(where, table.digitBits());
            List<Part> all = components.stream().flatMap(c -> c.parts().stream()).toList();
            MemorySegment columns = chg_count_column.allocateArray(components.size(), arena);
            for (int c = 0; c < components.size(); c++) {
                write(chg_count_column.asSlice(columns, c), components.get(c));
            }
            MemorySegment parts = chg_count_part.allocateArray(Math.max(1, all.size()), arena);
            for (int p = 0; p < all.size(); p++) {
                write(chg_count_part.asSlice(parts, p), all.get(p), lowBits, tiles);
            }
            operands.launched(ChagresCuda.chg_count(operands.stream(),
                    operands.bytes(counts, Math.multiplyExact(table.tiles(), (long) Integer.BYTES << table.tileBits())),
                    operands.bytes(outside, Long.BYTES), where, columns, components.size(), parts, all.size(), lowBits,
                    tiles));
        }
    }

    private void write(MemorySegment to, Component component) {
        to.fill((byte) 0);
        chg_count_column.offset(to, component.offset());
        chg_count_column.parts(to, component.parts().size());
        switch (component.column()) {
            case Bits b -> {
                chg_count_column.base(to, b.base());
                chg_count_column.shift(to, b.shift());
                chg_count_column.digits(to, b.digits());
            }
            case Values v -> {
                chg_count_column.values(to, operands.ints(v.values(), v.size()));
                chg_count_column.size(to, v.size());
                chg_count_column.bits(to, v.values().bits());
            }
        }
    }

    private void write(MemorySegment to, Part part, int lowBits, long tiles) {
        to.fill((byte) 0);
        chg_count_part.data(to, operands.ints(part.data(), part.size()));
        chg_count_part.size(to, part.size());
        chg_count_part.bits(to, part.data().bits());
        chg_count_part.starts(to, optional(part.starts(), tiles, Long.BYTES));
        chg_count_part.inside(to, optional(part.inside(), 1L << lowBits, Integer.BYTES));
        chg_count_part.scale(to, part.scale());
        if (part.look() != null) {
            chg_count_part.table(to,
                    operands.intRows(part.look().table(), Integer.SIZE, 1, 0, part.look().size()));
            chg_count_part.entries(to, part.look().size());
            chg_count_part.base(to, part.look().base());
        }
    }

    /// The address of n elements; 0 for no buffer.
    private long optional(DeviceBuffer buffer, long n, int size) {
        return buffer == null ? 0 : operands.bytes(buffer, Math.multiplyExact(n, size));
    }
}
