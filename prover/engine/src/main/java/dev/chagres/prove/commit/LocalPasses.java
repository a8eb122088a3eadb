package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.field.QM31;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.HostResult;
import dev.chagres.prove.stage.OpeningPasses;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Claim;
import java.util.List;

/// Passes over values that are here. Keeps what it has prepared for a set of claims until it is closed, sees other claims
/// or combines rows, which comes when all ranges are folded.
public final class LocalPasses implements OpeningPasses {
    private final AddressSpace space;
    private final PieceReader reader;
    private final ZeroPieces zeros;
    private final int head;
    private final Host host;
    /// Pieces of every range, and what combines them; made when they are needed first.
    private List<List<Piece>> ranges;
    private RowCombination combination;
    private QM31 preparedFor;
    private ClaimTiles prepared;

    /// @param space where the values lie
    /// @param source of the values
    /// @param head log2 of the values that a group sums
    public LocalPasses(Host host, AddressSpace space, TileSource source, int head) {
        this.host = host;
        this.space = space;
        this.reader = new PieceReader(source, host.field());
        this.zeros = new ZeroPieces(reader);
        this.head = head;
    }

    /// gamma is drawn after the claims are fixed, so it names them.
    private synchronized ClaimTiles tiles(List<Claim> claims, QM31 gamma) {
        if (!gamma.equals(preparedFor)) {
            close();
            prepared = new ClaimTiles(host, ranges(), reader, zeros, BatchedClaims.of(space, claims, gamma), head);
            preparedFor = gamma;
        }
        return prepared;
    }

    private synchronized RowCombination combination() {
        close();
        if (combination == null) {
            combination = new RowCombination(host, space, ranges(), reader, zeros);
        }
        return combination;
    }

    private List<List<Piece>> ranges() {
        if (ranges == null) {
            ranges = new RowRanges(space).pieces();
        }
        return ranges;
    }

    @Override
    public HostResult headSums(int range, List<Claim> claims, QM31 gamma) {
        return new HostResult(tiles(claims, gamma).headSums(range, host));
    }

    @Override
    public HostResult fold(int range, List<Claim> claims, QM31 gamma, QM31[] low) {
        return new HostResult(tiles(claims, gamma).fold(range, low, host));
    }

    @Override
    public HostResult combine(int range, QM31[] row) {
        return new HostResult(combination().combine(range, row));
    }

    @Override
    public synchronized void close() {
        if (prepared != null) {
            prepared.close();
            prepared = null;
            preparedFor = null;
        }
    }
}
