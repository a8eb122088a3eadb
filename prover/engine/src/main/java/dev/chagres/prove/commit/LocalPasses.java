package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.FieldKernels;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.task.Parallel;
import dev.chagres.tensor.Claim;
import java.util.List;

/// Passes over values that are here. Keeps what it has prepared for a set of claims until it is closed or sees other claims.
public final class LocalPasses implements OpeningPasses, AutoCloseable {
    private final AddressSpace space;
    private final PieceReader reader;
    private final int head;
    private final FieldKernels field = Backends.current().field();
    private QM31 preparedFor;
    private ClaimTiles prepared;
    /// For what needs no claims.
    private ClaimTiles rows;

    /// @param space where the values lie
    /// @param source of the values
    /// @param head log2 of the values that a group sums
    public LocalPasses(AddressSpace space, TileSource source, int head) {
        this.space = space;
        this.reader = new PieceReader(source, field);
        this.head = head;
    }

    /// gamma is drawn after the claims are fixed, so it names them.
    private synchronized ClaimTiles tiles(List<Claim> claims, QM31 gamma) {
        if (!gamma.equals(preparedFor)) {
            close();
            prepared = new ClaimTiles(field, reader, BatchedClaims.of(space, claims, gamma), head);
            preparedFor = gamma;
        }
        return prepared;
    }

    @Override
    public Buffer headSums(int range, List<Claim> claims, QM31 gamma, int threads) {
        return tiles(claims, gamma).headSums(range, new Parallel(threads));
    }

    @Override
    public Buffer fold(int range, List<Claim> claims, QM31 gamma, QM31[] low, int threads) {
        return tiles(claims, gamma).fold(range, low, new Parallel(threads));
    }

    @Override
    public Buffer combine(int range, QM31[] row, int threads) {
        return rows().combine(range, row, new Parallel(threads));
    }

    private synchronized ClaimTiles rows() {
        if (rows == null) {
            close();
            rows = new ClaimTiles(field, reader, BatchedClaims.of(space, List.of(), QM31.ONE), head);
        }
        return rows;
    }

    @Override
    public synchronized void close() {
        if (prepared != null) {
            prepared.close();
            prepared = null;
            preparedFor = null;
        }
        if (rows != null) {
            rows.close();
            rows = null;
        }
    }
}
