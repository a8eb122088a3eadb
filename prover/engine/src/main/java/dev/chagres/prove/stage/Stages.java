package dev.chagres.prove.stage;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.field.QM31;
import dev.chagres.graph.Graph;
import dev.chagres.graph.MatrixProduct;
import dev.chagres.lookup.Lookup;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What a prover asks of the place that computes. The contract of all stages is in the description of this package.
/// Safe for use by several threads; what it makes is as safe as it says.
public interface Stages {
    /// Name for listings and messages: `cpu vector-512`, ...
    String name();

    /// What the stages take of a memory of their own; empty where they compute in the host's.
    default Optional<StageMemory> memory() {
        return Optional.empty();
    }

    /// Evaluates the sections of a graph, one after another.
    ///
    /// @param witness where the tensors lie
    /// @param tokens token ids by row; rows past them carry token 0
    SectionEvaluation evaluation(Graph graph, WitnessData witness, int[] tokens);

    /// Rows of a sequence while it is generated.
    ///
    /// @param logits the product whose rows are logits
    /// @param witness where the tensors lie
    /// @param tokens token ids by row, filled in while the rows are evaluated
    RowGeneration generation(Graph graph, MatrixProduct logits, WitnessData witness, int[] tokens);

    /// Counts the lookups of the sections of a graph, one after another.
    ///
    /// @param witness where the tensors and the multiplicities lie
    LookupCounting counting(Graph graph, WitnessData witness);

    /// Counts lookups for somebody else; needs looked-up tensors and multiplicities of the tables, whose values it
    /// neither reads nor changes.
    ///
    /// @throws IllegalStateException naming segment, position and tuple, if a tuple is not in its table
    TableCounts counts(List<Lookup> lookups, TensorData data);

    /// Builds a tree of fractions.
    FractionTree tree(LeafProgram leaves);

    /// Makes the tables of a statement.
    ///
    /// @param data values of its columns
    StatementRounds statement(StatementProgram program, Function<Column, ? extends IntTensor> data);

    /// The value of a tensor: `sum_t weights[t] * <tile t, eq(low)>`.
    QM31 evaluate(IntTensor data, Shape shape, TilePoint at);

    /// Encodes and hashes the rows of a layout.
    ///
    /// @param source of the values
    /// @param logN log2 of the code length
    RowHasher rows(MatrixLayout layout, TileSource source, int logN);

    /// Passes of an opening over the rows of both matrices; closed by the caller.
    ///
    /// @param source of the values
    /// @param head log2 of the values that a group sums
    OpeningPasses passes(AddressSpace space, TileSource source, int head);

    /// The arrays of an opening after its passes.
    ///
    /// @param space of the rows of both matrices
    /// @param head variables that the passes fold
    OpeningArrays opening(AddressSpace space, int head);

    /// The least nonce for which the hash of `state (32 bytes) | 4 | u32 tag length | tag | u64 nonce` begins with
    /// zeros ([dev.chagres.transcript.Transcript]).
    ///
    /// @param tag of at most 19 ASCII characters
    /// @param bits number of leading zero bits asked for, 1 to 63
    long nonce(byte[] state, String tag, int bits);
}
