package dev.chagres.prove.commit;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.TileSource;
import java.util.function.UnaryOperator;

/// Commitments of a dishonest prover to rows that need not be codewords.
public final class TamperedRows {
    private TamperedRows() {}

    /// @param tampering makes the rows from the honest ones
    public static MatrixCommitment commit(CommitmentParameters parameters, MatrixLayout layout, TileSource values,
            UnaryOperator<RowEncoder> tampering, Host host) {
        return MatrixCommitment.commit(parameters, layout,
                tampering.apply(MatrixCommitment.encoder(parameters, layout, values, host)), host);
    }
}
