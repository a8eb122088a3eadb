package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.poly.ColumnFactor;
import dev.chagres.poly.DerivedFactor;
import dev.chagres.poly.EqFactor;
import dev.chagres.poly.Factor;
import dev.chagres.poly.PublicFactor;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
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
        // A product of equalities may take its variables in any order.
        int[] own = factor instanceof EqFactor ? ascending(depends) : positions;
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
        return java.util.Arrays.equals(own, ascending(stored));
    }

    /// Fills a zeroed table over the factor's own variables.
    private void fill(Factor factor, int[] positions, int[] own, long dst) {
        switch (factor) {
            case EqFactor e -> EqTable.fill(dst, coordinates(e, positions, own), QM31.ONE, kernels);
            case PublicFactor p -> p.table((i, v) -> add(dst, i, v));
            case DerivedFactor d -> d.table().fill(data, (i, v) -> add(dst, i, v));
            case ColumnFactor c -> ColumnPartial.fill(c, HostTensor.of(data.apply(c.column())), dst, host);
        }
    }

    private static void add(long dst, long index, QM31 value) {
        Memory.setExt(dst, index, Memory.getExt(dst, index).add(value));
    }

    private static QM31[] coordinates(EqFactor factor, int[] positions, int[] own) {
        QM31[] result = new QM31[own.length];
        for (int i = 0; i < own.length; i++) {
            int k = 0;
            while (positions[k] != own[i]) {
                k++;
            }
            result[i] = factor.coordinate(k);
        }
        return result;
    }
}
