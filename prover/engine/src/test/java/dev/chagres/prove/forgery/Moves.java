package dev.chagres.prove.forgery;

import dev.chagres.field.QM31;
import dev.chagres.lookup.FractionTreeVerifier;
import dev.chagres.lookup.Lookup;
import dev.chagres.lookup.VirtualTensor;
import dev.chagres.prove.commit.RowEncoder;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// What a dishonest prover does differently once the witness is committed. It goes on with whatever it has said.
public interface Moves {
    /// Nothing.
    Moves NONE = new Moves() {};

    /// A fork begins.
    ///
    /// @param number as in [#message]
    /// @param copy of its transcript, to be used up
    default void forked(int number, Transcript copy) {}

    /// The lookups that go into the tree of a section.
    default List<Lookup> looked(List<Lookup> segments) {
        return segments;
    }

    /// The leaves of a tree; those of the tables have the last fork.
    default LeafProgram leaves(LeafProgram leaves) {
        return leaves;
    }

    /// A tree that is proved in another way.
    ///
    /// @return empty for the way of the prover
    default Optional<FractionTreeVerifier.Result> tree(ProverChannel channel, LeafProgram leaves) {
        return Optional.empty();
    }

    /// A message before it is absorbed.
    ///
    /// @param fork number of the section, that of the sections for the tables, one more for the stage after the join, -1
    ///     for the common transcript
    default byte[] message(int fork, String tag, byte[] data) {
        return data;
    }

    /// The value of a column at a point.
    default QM31 opened(Column column, QM31 value) {
        return value;
    }

    /// The value of a virtual tensor at the leaf point.
    default QM31 virtual(VirtualTensor tensor, QM31 value) {
        return value;
    }

    /// The columns of the committed matrix in their order.
    default List<Column> columns(List<Column> columns) {
        return columns;
    }

    /// The values that are committed.
    default TileSource committed(TileSource values) {
        return values;
    }

    /// What the rows of the committed matrix are made of, in place of codewords of the values.
    default Optional<UnaryOperator<RowEncoder>> tampering() {
        return Optional.empty();
    }

    /// The values that the opening is made of.
    default TileSource opened(TileSource values) {
        return values;
    }

    /// Whether the values at the end of a sumcheck are chosen to satisfy its last check, however false the claim is.
    default boolean adapts(String sumcheck) {
        return false;
    }

    /// Whether the value that is chosen then is one of a derived polynomial, though a column's would do.
    default boolean derives(String sumcheck) {
        return false;
    }
}
