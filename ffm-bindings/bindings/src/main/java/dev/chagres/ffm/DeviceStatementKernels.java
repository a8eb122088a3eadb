package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_column;
import dev.chagres.ffm.generated.cuda.chg_qm31;
import dev.chagres.ffm.generated.cuda.chg_statement;
import dev.chagres.field.QM31;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Sums of symbolic statements: tables of factors, and rounds over them. Calls return at once unless they say that they
/// wait.
public final class DeviceStatementKernels {
    private static final int ELEMENT_BYTES = 16;

    private final Operands operands;
    private final MemorySegment statement = chg_statement.allocate(Arena.ofAuto());
    private final MemorySegment column = chg_column.allocate(Arena.ofAuto());
    private final MemorySegment numbers =
            Arena.ofAuto().allocate(ValueLayout.JAVA_INT, StatementOperands.MOST_VARIABLES);
    private final MemorySegment sums = Arena.ofAuto().allocate(chg_qm31.layout(), StatementOperands.MOST_POINTS);

    DeviceStatementKernels(Operands operands) {
        this.operands = operands;
    }

    /// `sum_x weight(x) body(X, x)` over the positions below the top variable, for each X; the weight is summed over
    /// the variable. Waits.
    ///
    /// @param points at most [StatementOperands#MOST_POINTS]
    public QM31[] sumRound(StatementOperands s, int variable, int... points) {
        operands.waited(ChagresCuda.chg_sum_round(operands.waiting(), statement(s), variable,
                numbers(points, StatementOperands.MOST_POINTS), points.length, sums));
        QM31[] result = new QM31[points.length];
        for (int k = 0; k < result.length; k++) {
            result[k] = element(chg_qm31.asSlice(sums, k));
        }
        return result;
    }

    private static QM31 element(MemorySegment c) {
        return new QM31(c.getAtIndex(ValueLayout.JAVA_INT, 0), c.getAtIndex(ValueLayout.JAVA_INT, 1),
                c.getAtIndex(ValueLayout.JAVA_INT, 2), c.getAtIndex(ValueLayout.JAVA_INT, 3));
    }

    /// Binds the top variable to `r` in all factors but the weight, which is summed over it.
    public void bindFactors(StatementOperands s, int variable, QM31 r) {
        operands.launched(ChagresCuda.chg_bind_factors(operands.stream(), statement(s), variable, operands.element(r)));
    }

    /// `dst[f 2^variables + x]` = factor f at position x of what is left.
    ///
    /// @param variables how many are left, below [StatementOperands#MOST_VARIABLES]
    public void factorValues(StatementOperands s, int variables, DeviceBuffer dst) {
        operands.launched(ChagresCuda.chg_factor_values(operands.stream(), statement(s), variables,
                operands.ext(dst, (long) s.count() << variables)));
    }

    private MemorySegment statement(StatementOperands s) {
        chg_statement.tables(statement, operands.ext(s.tables(), s.elements()));
        chg_statement.elements(statement, s.elements());
        chg_statement.factors(statement,
                operands.bytes(s.factors(), (long) StatementOperands.FACTOR_BYTES * s.count()));
        chg_statement.program(statement, operands.bytes(s.program(), (long) Integer.BYTES * s.words()));
        chg_statement.constants(statement, s.constantCount() == 0 ? 0
                : operands.bytes(s.constants(), (long) ELEMENT_BYTES * s.constantCount()));
        chg_statement.factor_count(statement, s.count());
        chg_statement.words(statement, s.words());
        chg_statement.constant_count(statement, s.constantCount());
        chg_statement.weight(statement, s.weight());
        return statement;
    }

    /// Binds a tensor; the destination is an ext array of all results.
    public void bindColumn(DeviceBuffer dst, ColumnOperands c) {
        int fixedBits = c.lowBits() - Integer.bitCount(c.free());
        if (c.lowBits() < 0 || fixedBits < 0 || c.highBits() < 0
                || c.lowBits() > StatementOperands.MOST_VARIABLES || c.highBits() > StatementOperands.MOST_VARIABLES) {
            throw new IllegalArgumentException("tiles of 2^" + c.lowBits() + " values in 2^" + c.highBits()
                    + " groups, " + Integer.bitCount(c.free()) + " bits free");
        }
        chg_column.values(column, operands.ints(c.values(), c.size()));
        chg_column.size(column, c.size());
        chg_column.weights(column, operands.ext(c.weights(), 1L << fixedBits));
        chg_column.starts(column, operands.bytes(c.starts(), Integer.BYTES * ((1L << c.highBits()) + 1)));
        chg_column.tiles(column, operands.bytes(c.tiles(), Integer.BYTES * c.entries()));
        chg_column.tile_weights(column, operands.ext(c.tileWeights(), c.entries()));
        chg_column.entries(column, c.entries());
        chg_column.parts(column, c.slices() == 1 ? 0
                : operands.ext(c.parts(), Math.multiplyExact(c.results(), c.slices())));
        chg_column.free(column, c.free());
        chg_column.bits(column, c.values().bits());
        chg_column.low_bits(column, c.lowBits());
        chg_column.high_bits(column, c.highBits());
        chg_column.lanes(column, c.lanes());
        chg_column.tile_slices(column, c.tileSlices());
        chg_column.low_slices(column, c.lowSlices());
        chg_column.reserved(column, 0);
        operands.launched(ChagresCuda.chg_bind_column(operands.stream(), operands.ext(dst, c.results()), column));
    }

    /// Copies a table into another order of variables: bit j of an index of `dst` is bit `to[j]` of one of `src`, none
    /// when that is negative.
    public void spreadTable(DeviceBuffer dst, DeviceBuffer src, int... to) {
        long last = 0;
        for (int bit : to) {
            last += bit < 0 ? 0 : 1L << bit;
        }
        operands.launched(ChagresCuda.chg_spread_table(operands.stream(), operands.ext(dst, 1L << to.length),
                operands.ext(src, last + 1), numbers(to, StatementOperands.MOST_VARIABLES), to.length));
    }

    /// `dst[index[i]] = values[i]`; indices are ints, all different, and those of at least `size` are left out.
    public void scatterExt(DeviceBuffer dst, long size, DeviceBuffer index, DeviceBuffer values, long n) {
        operands.launched(ChagresCuda.chg_scatter_ext(operands.stream(), operands.ext(dst, size), size,
                operands.base(index, n), operands.ext(values, n), n));
    }

    private MemorySegment numbers(int[] values, int most) {
        if (values.length > most) {
            throw new IllegalArgumentException(values.length + " numbers, at most " + most + " are taken");
        }
        MemorySegment.copy(values, 0, numbers, ValueLayout.JAVA_INT, 0, values.length);
        return numbers;
    }
}
