package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.OneHotFactor;
import dev.chagres.poly.SparseFactor;
import dev.chagres.poly.TableFactor;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.Arrays;
import java.util.function.Function;

/// Binds data to the factors of a program.
final class FactorTables {
    private final StatementProgram program;
    private final Function<Column, ? extends IntTensor> data;
    private final Host host;
    private final FieldKernels kernels;

    FactorTables(StatementProgram program, Function<Column, ? extends IntTensor> data, Host host) {
        this.program = program;
        this.data = data;
        this.host = host;
        this.kernels = host.field();
    }

    /// The table of one factor, in `arena`.
    FactorTable table(Factor factor, MemoryScope arena) {
        int[] positions = program.positions(factor);
        int bits = program.statement().bits();
        long depends = 0;
        for (int p : positions) {
            depends |= 1L << p;
        }
        int[] own = switch (factor) {
            // These are written in any order of their variables.
            case EqFactor _, OneHotFactor _ -> ascending(depends);
            case SparseFactor _, TableFactor _, ColumnFactor _ -> positions;
        };
        long stored = FactorTable.stored(depends, bits);
        long address = arena.allocateExt(1L << Long.bitCount(stored));
        if (isIdentity(own, stored)) {
            fill(factor, positions, own, address);
        } else {
            try (MemoryScope local = host.scope()) {
                long table = local.allocateExt(1L << own.length);
                fill(factor, positions, own, table);
                TableSpread.spread(address, stored, table, own, kernels);
            }
        }
        return new FactorTable(address, depends, bits);
    }

    private static int[] ascending(long set) {
        int[] result = new int[Long.bitCount(set)];
        int n = 0;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            result[n++] = Long.numberOfTrailingZeros(rest);
        }
        return result;
    }

    private static boolean isIdentity(int[] own, long stored) {
        return Arrays.equals(own, ascending(stored));
    }

    /// Fills a zeroed table over the factor's own variables.
    private void fill(Factor factor, int[] positions, int[] own, long dst) {
        switch (factor) {
            case EqFactor e -> EqTable.fill(dst, coordinates(e, positions, own), QM31.ONE, kernels);
            case SparseFactor s -> {
                for (int i = 0; i < s.size(); i++) {
                    Memory.setExt(dst, s.index(i), Memory.getExt(dst, s.index(i)).add(s.weight(i)));
                }
            }
            case TableFactor t -> {
                for (int i = 0; i < t.size(); i++) {
                    Memory.setExt(dst, i, t.value(i));
                }
            }
            case OneHotFactor o -> OneHotTable.fill(o, indexBits(positions, own), data, dst, host);
            case ColumnFactor c -> ColumnPartial.fill(c, data.apply(c.column()), dst, host);
        }
    }

    /// Which bit of a table index over `own` stands for each variable of a factor, in the factor's order.
    private static int[] indexBits(int[] positions, int[] own) {
        return Arrays.stream(positions).map(p -> Arrays.binarySearch(own, p)).toArray();
    }

    private static QM31[] coordinates(EqFactor factor, int[] positions, int[] own) {
        QM31[] result = new QM31[own.length];
        int[] bits = indexBits(positions, own);
        for (int k = 0; k < bits.length; k++) {
            result[bits[k]] = factor.coordinate(k);
        }
        return result;
    }
}
