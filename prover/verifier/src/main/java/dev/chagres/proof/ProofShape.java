package dev.chagres.proof;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.graph.Graph;

/// What is known of a proof before it is read: where its columns lie, and how much is drawn and received.
///
/// @param space rows of the witness and of the key
/// @param count of the reductions of the graph
record ProofShape(Graph graph, CommitmentParameters parameters, AddressSpace space, ChallengeCount count) {
    /// @throws IllegalArgumentException if the columns do not fit the rows of the parameters
    static ProofShape of(Graph graph, CommitmentParameters parameters) {
        return new ProofShape(graph, parameters, space(graph, parameters), ChallengeCount.of(graph));
    }

    /// Where the columns of a graph lie.
    ///
    /// @throws IllegalArgumentException as [#of]
    static AddressSpace space(Graph graph, CommitmentParameters parameters) {
        return new AddressSpace(MatrixLayout.of(graph.witnessColumns(), parameters.k()),
                MatrixLayout.of(graph.keyColumns(), parameters.k()));
    }
}
