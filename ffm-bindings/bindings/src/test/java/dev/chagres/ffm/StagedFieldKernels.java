package dev.chagres.ffm;

import dev.chagres.field.QM31;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.kernel.Memory;

/// [FieldKernels] of host memory on a device, each call by itself.
final class StagedFieldKernels implements FieldKernels {
    private static final long GRID = (long) GRID_ROWS * GRID_ROW;

    private final Staging staging;
    private final DeviceFieldKernels kernels;

    StagedFieldKernels(Staging staging) {
        this.staging = staging;
        kernels = staging.kernels().field();
    }

    @Override
    public void addBase(long dst, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dA = c.base(a, n);
            DeviceBuffer dB = c.base(b, n);
            return () -> kernels.addBase(dDst, dA, dB, n);
        });
    }

    @Override
    public void subBase(long dst, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dA = c.base(a, n);
            DeviceBuffer dB = c.base(b, n);
            return () -> kernels.subBase(dDst, dA, dB, n);
        });
    }

    @Override
    public void mulBase(long dst, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dA = c.base(a, n);
            DeviceBuffer dB = c.base(b, n);
            return () -> kernels.mulBase(dDst, dA, dB, n);
        });
    }

    @Override
    public void mulAddBase(long dst, long a, long b, long e, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dA = c.base(a, n);
            DeviceBuffer dB = c.base(b, n);
            DeviceBuffer dE = c.base(e, n);
            return () -> kernels.mulAddBase(dDst, dA, dB, dE, n);
        });
    }

    @Override
    public void embedInt32(long dst, long src, long n) {
        embedInts(dst, src, 32, n);
    }

    @Override
    public void embedInt16(long dst, long src, long n) {
        embedInts(dst, src, 16, n);
    }

    @Override
    public void embedInt8(long dst, long src, long n) {
        embedInts(dst, src, 8, n);
    }

    @Override
    public void embedInts(long dst, long src, int bits, long n) {
        Staging.checkBits(bits);
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceInts dSrc = c.ints(src, bits, n);
            return () -> kernels.embedInts(dDst, dSrc, n);
        });
    }

    @Override
    public void gatherInts(long dst, long table, long base, long size, long x, int bits, long n) {
        Staging.checkBits(bits);
        staging.run(c -> {
            DeviceBuffer dDst = c.baseOut(dst, n);
            DeviceBuffer dTable = c.in(table, Integer.BYTES * size);
            DeviceInts dX = c.ints(x, bits, n);
            return () -> kernels.gatherInts(dDst, dTable, base, size, dX, n);
        });
    }

    @Override
    public void extFromBase(long dst, long a, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dA = c.base(a, n);
            return () -> kernels.extFromBase(dDst, dA, n);
        });
    }

    @Override
    public void addExt(long dst, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dA = c.ext(a, n);
            DeviceBuffer dB = c.ext(b, n);
            return () -> kernels.addExt(dDst, dA, dB, n);
        });
    }

    @Override
    public void subExt(long dst, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dA = c.ext(a, n);
            DeviceBuffer dB = c.ext(b, n);
            return () -> kernels.subExt(dDst, dA, dB, n);
        });
    }

    @Override
    public void mulExt(long dst, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dA = c.ext(a, n);
            DeviceBuffer dB = c.ext(b, n);
            return () -> kernels.mulExt(dDst, dA, dB, n);
        });
    }

    @Override
    public void mulExtByBase(long dst, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dA = c.ext(a, n);
            DeviceBuffer dB = c.base(b, n);
            return () -> kernels.mulExtByBase(dDst, dA, dB, n);
        });
    }

    @Override
    public void scaleExt(long dst, long a, QM31 s, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dA = c.ext(a, n);
            return () -> kernels.scaleExt(dDst, dA, s, n);
        });
    }

    @Override
    public void addScaledExt(long dst, long a, QM31 s, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extUpdate(dst, n);
            DeviceBuffer dA = c.ext(a, n);
            return () -> kernels.addScaledExt(dDst, dA, s, n);
        });
    }

    @Override
    public void addScaledBase(long dst, long a, QM31 s, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extUpdate(dst, n);
            DeviceBuffer dA = c.base(a, n);
            return () -> kernels.addScaledBase(dDst, dA, s, n);
        });
    }

    @Override
    public void addScaledInts(long dst, long a, int bits, QM31 s, long n) {
        Staging.checkBits(bits);
        staging.run(c -> {
            DeviceBuffer dDst = c.extUpdate(dst, n);
            DeviceInts dA = c.ints(a, bits, n);
            return () -> kernels.addScaledInts(dDst, dA, s, n);
        });
    }

    @Override
    public void fillExt(long dst, QM31 s, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            return () -> kernels.fillExt(dDst, s, n);
        });
    }

    @Override
    public void constantMinusBase(long dst, QM31 s, long a, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dA = c.base(a, n);
            return () -> kernels.constantMinusBase(dDst, s, dA, n);
        });
    }

    @Override
    public void foldExt(long dst, long lo, long hi, QM31 r, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dLo = c.ext(lo, n);
            DeviceBuffer dHi = c.ext(hi, n);
            return () -> kernels.foldExt(dDst, dLo, dHi, r, n);
        });
    }

    @Override
    public void foldBase(long dst, long lo, long hi, QM31 r, long n) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, n);
            DeviceBuffer dLo = c.base(lo, n);
            DeviceBuffer dHi = c.base(hi, n);
            return () -> kernels.foldBase(dDst, dLo, dHi, r, n);
        });
    }

    @Override
    public QM31 sumExt(long a, long n) {
        return staging.get(c -> {
            DeviceBuffer dA = c.ext(a, n);
            return () -> kernels.sumExt(dA, n);
        });
    }

    @Override
    public QM31 dotExt(long a, long b, long n) {
        return staging.get(c -> {
            DeviceBuffer dA = c.ext(a, n);
            DeviceBuffer dB = c.ext(b, n);
            return () -> kernels.dotExt(dA, dB, n);
        });
    }

    @Override
    public QM31 dotBase(long a, long b, long n) {
        return staging.get(c -> {
            DeviceBuffer dA = c.base(a, n);
            DeviceBuffer dB = c.ext(b, n);
            return () -> kernels.dotBase(dA, dB, n);
        });
    }

    @Override
    public QM31 dotInts(long a, int bits, long b, long n) {
        Staging.checkBits(bits);
        return staging.get(c -> {
            DeviceInts dA = c.ints(a, bits, n);
            DeviceBuffer dB = c.ext(b, n);
            return () -> kernels.dotInts(dA, dB, n);
        });
    }

    @Override
    public void combineRows(long dst, long src, long width, long stride, long w, long rows) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extUpdate(dst, width);
            DeviceBuffer dSrc = c.panel(src, rows, stride, width);
            DeviceBuffer dW = c.ext(w, rows);
            return () -> kernels.combineRows(dDst, dSrc, width, stride, dW, rows);
        });
    }

    @Override
    public void combineRowsInts(long dst, long src, int bits, long width, long stride, long w, long rows) {
        Staging.checkBits(bits);
        staging.run(c -> {
            DeviceBuffer dDst = c.extUpdate(dst, width);
            DeviceInts dSrc = c.intRows(src, bits, rows, stride, width);
            DeviceBuffer dW = c.ext(w, rows);
            return () -> kernels.combineRowsInts(dDst, dSrc, width, stride, dW, rows);
        });
    }

    @Override
    public void eqTable(long dst, QM31[] point, QM31 scale) {
        staging.run(c -> {
            DeviceBuffer dDst = c.extOut(dst, 1L << point.length);
            return () -> kernels.eqTable(dDst, point, scale);
        });
    }

    @Override
    public QM31[] roundProduct(long aLo, long aHi, long bLo, long bHi, long n) {
        return staging.get(c -> {
            DeviceBuffer dALo = c.ext(aLo, n);
            DeviceBuffer dAHi = c.ext(aHi, n);
            DeviceBuffer dBLo = c.ext(bLo, n);
            DeviceBuffer dBHi = c.ext(bHi, n);
            return () -> kernels.roundProduct(dALo, dAHi, dBLo, dBHi, n);
        });
    }

    @Override
    public QM31[] roundEqProduct(long e, long aLo, long aHi, long bLo, long bHi, long n) {
        return staging.get(c -> {
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer dALo = c.ext(aLo, n);
            DeviceBuffer dAHi = c.ext(aHi, n);
            DeviceBuffer dBLo = c.ext(bLo, n);
            DeviceBuffer dBHi = c.ext(bHi, n);
            return () -> kernels.roundEqProduct(dE, dALo, dAHi, dBLo, dBHi, n);
        });
    }

    @Override
    public QM31[] roundFractions(long e, long p0Lo, long p0Hi, long p1Lo, long p1Hi, long q0Lo, long q0Hi, long q1Lo,
            long q1Hi, QM31 lambda, long n) {
        return staging.get(c -> {
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer[] halves = c.exts(n, p0Lo, p0Hi, p1Lo, p1Hi, q0Lo, q0Hi, q1Lo, q1Hi);
            return () -> kernels.roundFractions(dE, halves, lambda, n);
        });
    }

    @Override
    public QM31[] roundMerged(long e, long aLo, long aHi, long p1Lo, long p1Hi, long q0Lo, long q0Hi, long q1Lo,
            long q1Hi, long n) {
        return staging.get(c -> {
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer[] halves = c.exts(n, aLo, aHi, p1Lo, p1Hi, q0Lo, q0Hi, q1Lo, q1Hi);
            return () -> kernels.roundMerged(dE, halves, n);
        });
    }

    @Override
    public QM31[] roundEqProduct3(long e, long aLo, long aHi, long bLo, long bHi, long cLo, long cHi, long n) {
        return staging.get(c -> {
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer[] halves = c.exts(n, aLo, aHi, bLo, bHi, cLo, cHi);
            return () -> kernels.roundEqProduct3(dE, halves, n);
        });
    }

    @Override
    public QM31[] foldRoundProduct(long a, long b, long stride, QM31 r, long n) {
        return staging.get(c -> {
            DeviceBuffer dA = c.extUpdate(a, 4 * stride);
            DeviceBuffer dB = c.extUpdate(b, 4 * stride);
            return () -> kernels.foldRoundProduct(dA, dB, stride, r, n);
        });
    }

    @Override
    public QM31[] foldRoundEqProduct(long e, long a, long b, long stride, QM31 r, long n) {
        return staging.get(c -> {
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer dA = c.extUpdate(a, 4 * stride);
            DeviceBuffer dB = c.extUpdate(b, 4 * stride);
            return () -> kernels.foldRoundEqProduct(dE, dA, dB, stride, r, n);
        });
    }

    @Override
    public QM31[] foldRoundMerged(long e, long a, long p1, long q0, long q1, long stride, QM31 r, long n) {
        return staging.get(c -> {
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer dA = c.extUpdate(a, 4 * stride);
            DeviceBuffer dP1 = c.extUpdate(p1, 4 * stride);
            DeviceBuffer dQ0 = c.extUpdate(q0, 4 * stride);
            DeviceBuffer dQ1 = c.extUpdate(q1, 4 * stride);
            return () -> kernels.foldRoundMerged(dE, dA, dP1, dQ0, dQ1, stride, r, n);
        });
    }

    @Override
    public void addFractions(long p, long q, long p0, long q0, long p1, long q1, long n) {
        staging.run(c -> {
            DeviceBuffer dP = c.extOut(p, n);
            DeviceBuffer dQ = c.extOut(q, n);
            DeviceBuffer dP0 = c.ext(p0, n);
            DeviceBuffer dQ0 = c.ext(q0, n);
            DeviceBuffer dP1 = c.ext(p1, n);
            DeviceBuffer dQ1 = c.ext(q1, n);
            return () -> kernels.addFractions(dP, dQ, dP0, dQ0, dP1, dQ1, n);
        });
    }

    @Override
    public void addUnitFractions(long p, long q, long q0, long q1, long n) {
        staging.run(c -> {
            DeviceBuffer dP = c.extOut(p, n);
            DeviceBuffer dQ = c.extOut(q, n);
            DeviceBuffer dQ0 = c.ext(q0, n);
            DeviceBuffer dQ1 = c.ext(q1, n);
            return () -> kernels.addUnitFractions(dP, dQ, dQ0, dQ1, n);
        });
    }

    @Override
    public void leafPair(long p, long q, long a0, long a1, int bits, QM31 at, long n) {
        Staging.checkBits(bits);
        staging.run(c -> {
            DeviceBuffer dP = c.extOut(p, n);
            DeviceBuffer dQ = c.extOut(q, n);
            DeviceInts dA0 = c.ints(a0, bits, n);
            DeviceInts dA1 = c.ints(a1, bits, n);
            return () -> kernels.leafPair(dP, dQ, dA0, dA1, at, n);
        });
    }

    @Override
    public void leafQuad(long p, long q, long a0, long a1, long a2, long a3, int bits, QM31 at, long n) {
        Staging.checkBits(bits);
        staging.run(c -> {
            DeviceBuffer dP = c.extOut(p, n);
            DeviceBuffer dQ = c.extOut(q, n);
            DeviceInts dA0 = c.ints(a0, bits, n);
            DeviceInts dA1 = c.ints(a1, bits, n);
            DeviceInts dA2 = c.ints(a2, bits, n);
            DeviceInts dA3 = c.ints(a3, bits, n);
            return () -> kernels.leafQuad(dP, dQ, dA0, dA1, dA2, dA3, at, n);
        });
    }

    @Override
    public void extendGrid(long grid, long n) {
        staging.run(c -> {
            DeviceBuffer dGrid = c.update(grid, Integer.BYTES * GRID);
            return () -> kernels.extendGrid(dGrid, n);
        });
    }

    @Override
    public void addGridProducts(long sums, long e, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dSums = c.extUpdate(sums, Memory.BLOCK * GRID_ROWS);
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer dA = c.base(a, GRID);
            DeviceBuffer dB = c.base(b, GRID);
            return () -> kernels.addGridProducts(dSums, dE, dA, dB, n);
        });
    }

    @Override
    public void addGridCross(long sums, long e, long a, long b, long f, long d, long n) {
        staging.run(c -> {
            DeviceBuffer dSums = c.extUpdate(sums, Memory.BLOCK * GRID_ROWS);
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer dA = c.base(a, GRID);
            DeviceBuffer dB = c.base(b, GRID);
            DeviceBuffer dF = c.base(f, GRID);
            DeviceBuffer dD = c.base(d, GRID);
            return () -> kernels.addGridCross(dSums, dE, dA, dB, dF, dD, n);
        });
    }

    @Override
    public void addGridCorners(long sums, long e, long a, long b, long n) {
        staging.run(c -> {
            DeviceBuffer dSums = c.extUpdate(sums, Memory.BLOCK * 8L);
            DeviceBuffer dE = c.ext(e, n);
            DeviceBuffer dA = c.base(a, GRID);
            DeviceBuffer dB = c.base(b, GRID);
            return () -> kernels.addGridCorners(dSums, dE, dA, dB, n);
        });
    }
}
