package dev.chagres.prove.commit;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.BatchedClaims;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.OpeningTags;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.kernel.Memory;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.ProverChannel;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;

/// Opens many claims against the two commitments (docs/protocol-opening.md).
///
/// The caller has already absorbed the parameters, both roots and every claimed value.
public final class OpeningProver {
    private OpeningProver() {}

    /// Proves the claims and writes the opening to the channel.
    ///
    /// @param witness commitment of the witness matrix
    /// @param key commitment of the key matrix
    /// @param source values of the columns of both; read three times
    /// @param claims what is opened
    /// @param threads number of threads; the bytes do not depend on it
    /// @throws IllegalStateException if a claim is false or the commitments are not of these values
    public static void open(ProverChannel channel, CommitmentParameters parameters, MatrixCommitment witness,
            MatrixCommitment key, TileSource source, List<Claim> claims, int threads) {
        open(channel, parameters, witness, key, source, claims, threads, true);
    }

    /// @param checked false only for tests that play a cheating prover: no identity is asserted
    public static void open(ProverChannel channel, CommitmentParameters parameters, MatrixCommitment witness,
            MatrixCommitment key, TileSource source, List<Claim> claims, int threads, boolean checked) {
        AddressSpace space = new AddressSpace(witness.layout(), key.layout());
        Backend kernels = Backends.current();
        Parallel parallel = new Parallel(threads);
        BatchedClaims batch = BatchedClaims.of(space, claims, channel.challenge(OpeningTags.GAMMA));
        BatchingProver batching = new BatchingProver(kernels.field(), parallel, checked, new PieceReader(source, kernels.field()),
                batch, parameters.headBits());
        QM31[] r = batching.run(channel);
        QM31[] slot = Arrays.copyOf(r, space.k());
        QM31[] row = Arrays.copyOfRange(r, space.k(), r.length);
        try (Arena arena = Arena.ofShared()) {
            long u = batching.combineRows(arena, row);
            if (checked) {
                checkCombination(kernels, arena, u, slot, batching.value());
            }
            new LadderProver(kernels, parallel, checked, parameters, channel,
                    new CodewordMatrix[] {witness.codeword(), key.codeword()}, Eq.table(row))
                    .run(u, slot, batching.value());
        }
    }

    private static void checkCombination(Backend kernels, Arena arena, long u, QM31[] slot, QM31 value) {
        long eq = Memory.allocateExt(arena, 1L << slot.length);
        kernels.field().eqTable(eq, slot, QM31.ONE);
        if (!kernels.field().dotExt(u, eq, 1L << slot.length).equals(value)) {
            throw new IllegalStateException("row combination: <u, eq(r)> is not F(r)");
        }
    }
}
