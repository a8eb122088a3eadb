package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.prove.stage.StatementRounds;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.util.function.Function;

/// The tables of a statement in memory of the host: one ext array for every factor, over the variables it depends on
/// and at least 2^10 elements of the cube.
public final class CpuStatementRounds implements StatementRounds {
    private final FieldKernels kernels;
    private final MemoryScope scope;
    private final FactorTable[] tables;
    private final RoundSum sum;
    /// Number of the weight, or -1.
    private final int weight;

    /// @param data values of the columns in the statement, in memory of the host
    /// @throws IllegalArgumentException if data and shapes do not fit
    public CpuStatementRounds(StatementProgram program, Function<Column, ? extends IntTensor> data, Host host) {
        this.kernels = host.field();
        this.weight = program.weight();
        this.tables = new FactorTable[program.factors().size()];
        this.scope = host.scope();
        try {
            FactorTables binding = new FactorTables(program, data, host);
            for (int f = 0; f < tables.length; f++) {
                tables[f] = binding.table(program.factors().get(f), scope);
            }
            this.sum = new RoundSum(program.body(), tables, kernels, scope);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    private FactorTable weight() {
        return weight < 0 ? null : tables[weight];
    }

    @Override
    public QM31[] round(int variable, int degree) {
        if (weight >= 0) {
            tables[weight].sumOut(variable, kernels);
        }
        return degree <= 2 ? sum.quadratic(variable, weight()) : sum.values(variable, weight(), degree);
    }

    @Override
    public QM31 atOne(int variable) {
        return sum.atOne(variable, weight());
    }

    @Override
    public void bind(int variable, QM31 r) {
        for (int f = 0; f < tables.length; f++) {
            if (f != weight) {
                tables[f].fold(variable, r, kernels);
            }
        }
    }

    @Override
    public QM31[][] values(int variables) {
        QM31[][] result = new QM31[tables.length][];
        for (int f = 0; f < tables.length; f++) {
            result[f] = tables[f].values(1 << variables);
        }
        return result;
    }

    @Override
    public void close() {
        scope.close();
    }
}
