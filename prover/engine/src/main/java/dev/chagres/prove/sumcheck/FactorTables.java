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
import dev.chagres.poly.Statement;
import dev.chagres.poly.Variable;
import dev.chagres.prove.data.EqTable;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.tensor.Column;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/// Binds data to the factors of a statement.
final class FactorTables {
    private final Statement statement;
    private final Function<Column, HostTensor> data;
    private final Host host;
    private final FieldKernels kernels;
    private final Map<String, Integer> offsets = new HashMap<>();

    FactorTables(Statement statement, Function<Column, HostTensor> data, Host host) {
        this.statement = statement;
        this.data = data;
        this.host = host;
        this.kernels = host.field();
        int at = 0;
        for (Variable v : statement.variables()) {
            offsets.put(v.name(), at);
            at += v.bits();
        }
    }

    /// Position in the statement of every variable of a factor, in the factor's own order.
    ///
    /// @throws IllegalArgumentException if a variable comes twice: such a factor is not multilinear
    int[] positions(Factor factor) {
        int[] result = new int[factor.variables().stream().mapToInt(Variable::bits).sum()];
        long seen = 0;
        int n = 0;
        for (Variable v : factor.variables()) {
            for (int i = 0; i < v.bits(); i++) {
                int position = offsets.get(v.name()) + i;
                if ((seen >>> position & 1) == 1) {
                    throw new IllegalArgumentException("factor " + factor.label() + " has variable " + v.name() + " twice");
                }
                seen |= 1L << position;
                result[n++] = position;
            }
        }
        return result;
    }

    /// The table of one factor, in `arena`.
    FactorTable table(Factor factor, MemoryScope arena) {
        int[] positions = positions(factor);
        int bits = statement.bits();
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
            case ColumnFactor c -> ColumnPartial.fill(c, data.apply(c.column()), dst, host);
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
