package dev.chagres.prove.forgery;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.graph.Graph;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.GraphProver;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.IntegerRun;
import dev.chagres.prove.witness.Witness;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;
import dev.chagres.verify.ProofVerifier;
import dev.chagres.verify.PublicInput;
import java.nio.ByteBuffer;
import java.util.function.Function;

/// A graph with the data of its key columns and their commitment, proved without a model and without work: everything
/// between a graph and its verdict.
public final class TrialGraph implements AutoCloseable {
    /// The verdict on a proof that is accepted; every other one is the id of the check that failed.
    public static final String ACCEPTED = "accepted";

    private static final String TRUNCATED = "format/truncated";
    private static final int ROW_BITS = 11;
    private static final int SECURITY = 100;

    /// Rows of 2^11 values, as secure as a key, next to no work.
    public static final CommitmentParameters PARAMETERS = CommitmentParameters.of(ROW_BITS, SECURITY, 0, 4);

    private static final Host ONE_THREAD = TestHosts.of(1);

    private final Graph graph;
    private final Function<Column, HostTensor> key;
    private final int rows;
    private final int[] tokens;
    private final MatrixCommitment commitment;

    /// @param key data of the key columns
    /// @param rows of the sequence, padded ones included
    /// @param tokens ids by row
    public TrialGraph(Graph graph, Function<Column, HostTensor> key, int rows, int[] tokens) {
        this.graph = graph;
        this.key = key;
        this.rows = rows;
        this.tokens = tokens.clone();
        this.commitment = MatrixCommitment.commit(
                PARAMETERS, MatrixLayout.of(graph.keyColumns(), PARAMETERS.k()), new TensorSource(key), ONE_THREAD);
    }

    /// The graph.
    public Graph graph() {
        return graph;
    }

    /// Data of a key column.
    public HostTensor key(Column column) {
        return key.apply(column);
    }

    /// Commitment of the key columns.
    public MatrixCommitment commitment() {
        return commitment;
    }

    /// Rows of the sequence, padded ones included.
    public int rows() {
        return rows;
    }

    /// Ids by row.
    public int[] tokens() {
        return tokens.clone();
    }

    /// What both parties know before the proof.
    public PublicInput input() {
        return new PublicInput(new byte[32], commitment.root(), new byte[] {1, 2, 3});
    }

    /// Evaluates all rows; lookups are not counted.
    ///
    /// @return tensors in which any value of 32 bits fits
    public Witness evaluate() {
        return evaluate(new Witness(graph, key, ONE_THREAD.memory()), 1, rows);
    }

    /// Evaluates some rows at a time.
    ///
    /// @param step rows at a time
    /// @return tensors as wide as their columns say
    public Witness evaluateNarrow(int threads, int step) {
        return evaluate(new Witness(graph, key, SpillStore.unbounded(ONE_THREAD.memory())), threads, step);
    }

    private Witness evaluate(Witness witness, int threads, int step) {
        try (IntegerRun run = new IntegerRun(graph, witness, tokens, TestHosts.of(threads))) {
            for (int from = 0; from < rows; from += step) {
                run.rows(from, Math.min(rows, from + step));
            }
            run.finish();
            return witness;
        } catch (RuntimeException | Error e) {
            witness.close();
            throw e;
        }
    }

    /// The proof of a complete witness, multiplicities included.
    public byte[] prove(Witness witness, ProverOptions options) {
        return new GraphProver(ONE_THREAD, graph, PARAMETERS, commitment, options, Progress.NONE)
                .prove(input(), witness);
    }

    /// The verdict on a proof.
    public String verdict(byte[] stream) {
        try {
            AddressSpace space = new AddressSpace(MatrixLayout.of(graph.witnessColumns(), PARAMETERS.k()),
                    MatrixLayout.of(graph.keyColumns(), PARAMETERS.k()));
            ProofVerifier.verify(graph, PARAMETERS, space, input(), ByteBuffer.wrap(stream));
            return ACCEPTED;
        } catch (Rejection r) {
            return r.check();
        }
    }

    /// The verdict on the proof of a witness that need not be true, multiplicities included. The verifier reads from
    /// front to back, so the proof is made as far as it wants to see it.
    public String verdictOn(Witness witness) {
        return verdictOn(witness, commitment);
    }

    /// @param other what the prover takes for the commitment of the key
    public String verdictOn(Witness witness, MatrixCommitment other) {
        try (ForgedStream stream = new ForgedStream(graph, PARAMETERS, other, input(), witness, Moves.NONE)) {
            String verdict = verdict(stream.sections());
            if (verdict.equals(TRUNCATED)) {
                verdict = verdict(stream.beforeOpening());
            }
            return verdict.equals(TRUNCATED) ? verdict(stream.whole()) : verdict;
        }
    }

    @Override
    public void close() {
        commitment.close();
    }
}
