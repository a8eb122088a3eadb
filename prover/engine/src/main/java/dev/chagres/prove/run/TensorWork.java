package dev.chagres.prove.run;

import dev.chagres.lookup.LookupChallenges;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.PassParts;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.store.Buffer;
import dev.chagres.prove.task.TaskGraph.Node;
import java.util.List;

/// The stages of a proof that read tensors, as nodes of its task graph: [LocalWork] where the coordinator has them,
/// [OwnedWork] where sites own them.
interface TensorWork {
    /// Evaluates what the witness lacks and counts its lookups.
    ///
    /// @param begin comes before
    /// @return the task after which all multiplicities are there
    Node<Boolean> multiplicities(GraphProver.Rows rows, Node<Boolean> begin);

    /// Hashes a chunk of the committed rows. Called once for each chunk, in ascending order.
    ///
    /// @param witness after which all tensors are there
    Node<Buffer> chunk(int chunk, Node<Boolean> witness);

    /// What follows from the root of the commitment.
    ///
    /// @param forks states of the transcripts of all sections, the tables last
    record Draw(LookupChallenges challenges, List<byte[]> forks) {
        SectionTask task(int section) {
            return new SectionTask(section, forks.get(section), challenges);
        }
    }

    /// Proves all sections.
    ///
    /// @return proofs in order, the tables last
    List<Node<List<SectionProof>>> sections(Node<Draw> draw);

    /// What to throw when lookups and multiplicities do not balance.
    IllegalStateException unbalanced();

    /// The passes of the opening.
    PassParts passes();

    /// The rows of the witness, for the columns that are opened.
    CommittedRows rows(MatrixCommitment commitment);
}
