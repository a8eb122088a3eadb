package dev.chagres.prove.sumcheck;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;

/// Values of one factor over the cube of a statement.
///
/// The array has an index bit for each of the lowest [#DENSE] variables of the statement and for each higher variable that the
/// factor depends on. So a chunk of 2^DENSE consecutive positions of the cube is one contiguous piece of every
/// factor, while nothing is stored twice for the higher variables.
final class FactorTable {
    /// Variables inside a chunk.
    static final int DENSE = 10;

    private final long address;
    private final long depends;
    private final long stored;

    /// @param address ext array, its index bits in ascending order of the statement's variables
    /// @param depends bit i is set when the factor depends on variable i
    /// @param bits variables of the statement
    FactorTable(long address, long depends, int bits) {
        this.address = address;
        this.depends = depends;
        this.stored = stored(depends, bits);
    }

    /// The variables that have an index bit.
    static long stored(long depends, int bits) {
        return depends | ((1L << Math.min(DENSE, bits)) - 1);
    }

    boolean depends(int variable) {
        return (depends >>> variable & 1) == 1;
    }

    /// Elements whose stored variables from `variable` up are zero: half of the current table when `variable` is its top.
    private long below(int variable) {
        return 1L << Long.bitCount(stored & ((1L << variable) - 1));
    }

    /// Address of chunk `chunk` of the lower half when `variable` is the top variable; chunks have
    /// min(2^variable, 2^DENSE) elements.
    long low(long chunk, int variable) {
        if (variable <= DENSE) {
            return address;
        }
        long high = (stored & ((1L << variable) - 1)) >>> DENSE;
        return address + (Long.compress(chunk, high) << DENSE) * Memory.EXT_BYTES;
    }

    /// The same of the upper half, for a variable that the factor depends on.
    long high(long chunk, int variable) {
        return low(chunk, variable) + below(variable) * Memory.EXT_BYTES;
    }

    /// Binds the top variable to `r`; at least 2^4 elements remain.
    void fold(int variable, QM31 r, FieldKernels kernels) {
        if (depends(variable)) {
            long half = below(variable);
            long chunk = Math.min(half, 1L << DENSE);
            for (long i = 0; i < half; i += chunk) {
                long lo = address + i * Memory.EXT_BYTES;
                kernels.foldExt(lo, lo, lo + half * Memory.EXT_BYTES, r, chunk);
            }
        }
    }

    /// Sums over the top variable; at least 2^4 elements remain.
    void sumOut(int variable, FieldKernels kernels) {
        if (depends(variable)) {
            long half = below(variable);
            long chunk = Math.min(half, 1L << DENSE);
            for (long i = 0; i < half; i += chunk) {
                long lo = address + i * Memory.EXT_BYTES;
                kernels.addExt(lo, lo, lo + half * Memory.EXT_BYTES, chunk);
            }
        }
    }

    /// The first `n` values, all remaining variables being dense.
    QM31[] values(int n) {
        QM31[] result = new QM31[n];
        for (int i = 0; i < n; i++) {
            result[i] = Memory.getExt(address, i);
        }
        return result;
    }
}
