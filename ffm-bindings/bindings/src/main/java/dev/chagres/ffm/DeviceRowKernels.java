package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;

/// Kernels for the rows of a committed matrix and the claims of an opening over them. A piece, term or run whose
/// numbers leave the arrays of a call is passed over. Calls return at once.
public final class DeviceRowKernels {
    /// Most variables of a head.
    public static final int MOST_HEAD = ChagresCuda.CHG_MAX_HEAD();
    /// Bytes of the cells of an element.
    public static final long CELL_BYTES = 32;

    private final Operands operands;

    DeviceRowKernels(Operands operands) {
        this.operands = operands;
    }

    /// `dst[piece.to + i]` = the residue of integer i of a piece, for all pieces; no two meet, other elements stay.
    ///
    /// @param dst base array of n elements
    /// @param src integers of all pieces
    /// @param pieces table of `count` [RowPiece]s
    public void placePieces(DeviceBuffer dst, long n, DeviceBuffer src, DeviceBuffer pieces, long count) {
        operands.launched(ChagresCuda.chg_place_pieces(operands.stream(), operands.base(dst, n), n,
                operands.bytes(src, src.bytes()), src.bytes(), structures(pieces, count, RowPiece.BYTES), count));
    }

    /// `dst[i] = sum_y src[i 2^head + y] eq[y]` for i < n, `src` base
    ///
    /// @param head at most [#MOST_HEAD]
    public void foldRows(DeviceBuffer dst, DeviceBuffer src, long n, int head, DeviceBuffer eq) {
        operands.launched(ChagresCuda.chg_fold_rows(operands.stream(), operands.ext(dst, n), operands.rowsOf(src, n, head),
                n, head, operands.ext(eq, 1L << head)));
    }

    /// `sums[group 2^head + y] += sum_i weight_i src[at + i 2^head + y]` for all runs.
    ///
    /// @param sums cells of `groups * 2^head` elements, whole blocks: [#CELL_BYTES] each
    /// @param src base array of n elements
    /// @param head at most [#MOST_HEAD]
    public void addHeadSums(DeviceBuffer sums, long groups, DeviceBuffer src, long n, int head, ClaimTables claims) {
        long cells = operands.cells(sums, Math.multiplyExact(groups, 1L << head));
        operands.launched(ChagresCuda.chg_add_head_sums(operands.stream(), cells, groups, operands.base(src, n), n, head,
                operands.ext(claims.tables(), claims.entries()), claims.entries(), terms(claims), claims.termCount(),
                runs(claims), claims.runCount()));
    }

    /// `dst[i]` = the residue of the cells of element i.
    ///
    /// @param dst ext array of n elements
    public void reduceSums(DeviceBuffer dst, DeviceBuffer sums, long n) {
        operands.launched(ChagresCuda.chg_reduce_sums(operands.stream(), operands.ext(dst, n), operands.cells(sums, n), n));
    }

    /// `dst[at + i] = weight_i` for all runs; no two meet, other elements stay.
    ///
    /// @param dst ext array of n elements
    public void claimWeights(DeviceBuffer dst, long n, ClaimTables claims) {
        operands.launched(ChagresCuda.chg_claim_weights(operands.stream(), operands.ext(dst, n), n,
                operands.ext(claims.tables(), claims.entries()), claims.entries(), terms(claims), claims.termCount(),
                runs(claims), claims.runCount()));
    }

    private long terms(ClaimTables claims) {
        return structures(claims.terms(), claims.termCount(), ClaimTerm.BYTES);
    }

    private long runs(ClaimTables claims) {
        return structures(claims.runs(), claims.runCount(), ClaimRun.BYTES);
    }

    private long structures(DeviceBuffer table, long count, long size) {
        return operands.bytes(table, Math.multiplyExact(count, size));
    }
}
