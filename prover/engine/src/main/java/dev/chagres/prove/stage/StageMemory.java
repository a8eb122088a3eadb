package dev.chagres.prove.stage;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.graph.Graph;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.Table;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.List;
import java.util.function.Function;

/// What [Stages] take of a memory that is their own: for each of their calls the most bytes that it has at a time, told
/// before anything is computed. Arguments are those of the calls; tensors may be [SizedTensor]s. What is kept between
/// calls only because it may be needed again, and goes when memory runs short, does not count. Pure functions.
public interface StageMemory {
    /// An evaluation from its begin to its end, whatever section it is at.
    long evaluation(Graph graph, TensorData data);

    /// What an evaluation has besides while it is at one section.
    ///
    /// @param section number of the section
    long section(Graph graph, int section, TensorData data);

    /// What a generation of the rows of a graph ([Stages#generation]) has at most in place of a section.
    long generation(Graph graph);

    /// What a counting of lookups has from its first section to its end.
    ///
    /// @param tables of the graph
    long counting(List<Table> tables);

    /// What it has besides while it counts lookups.
    long counts(List<Lookup> lookups, TensorData data);

    /// A fraction tree from its making to its end, the rounds of its layers included.
    long tree(LeafProgram leaves);

    /// The tables of a statement from their making to their end.
    long statement(StatementProgram program, Function<Column, ? extends IntTensor> data);

    /// A call of [Stages#evaluate].
    long evaluate(IntTensor data, Shape shape, TilePoint at);

    /// The calls of a [RowHasher].
    ///
    /// @param logN log2 of the code length
    /// @param positions most columns that are asked for at a time
    Rows rows(MatrixLayout layout, int logN, int positions);

    /// What a hasher takes.
    ///
    /// @param hash to hash a chunk, or to make the tree
    /// @param columns to open columns
    record Rows(long hash, long columns) {}

    /// The passes of an opening.
    ///
    /// @param head log2 of the values that a group sums
    /// @param claims what is opened; their values do not matter
    Passes passes(AddressSpace space, int head, List<Claim> claims);

    /// What passes take.
    ///
    /// @param kept from the first call until rows are combined
    /// @param range beside that, a pass over any one range
    /// @param result beside that, what such a pass leaves until it is joined to the others
    /// @param joined what they are joined to, and the rounds on it
    record Passes(long kept, long range, long result, long joined) {}

    /// A [LadderArrays] from its making to its end, queries of all levels included.
    ///
    /// @param columns what a call for columns of the committed matrices takes ([Rows#columns])
    long ladder(CommitmentParameters parameters, long columns);

    /// The memory to have for regions with so many bytes together: more than these, as regions that come and go leave
    /// pieces between them. A stated allowance, no bound for every order of theirs.
    long room(long bytes);

    /// Bytes that there are.
    long capacity();
}
