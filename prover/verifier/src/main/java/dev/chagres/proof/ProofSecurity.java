package dev.chagres.proof;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.SecurityAccount;
import dev.chagres.graph.Graph;
import dev.chagres.graph.RowBlocks;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.statement.TokenSequence;

/// The security account of a whole proof: the opening ([SecurityAccount#ofOpening]) and every challenge before it,
/// counted by walking through the verifier's own reductions. It depends on the key and the length of the sequence
/// alone.
///
/// Errors of one step, with |F| about 2^124:
/// - lookups: (d + 1)(lookups + table entries)/|F|, with grinding. Two different tuples agree for at most d = 8 values
///   of the tuple challenge; two different sums of that many fractions agree for at most that many values of the pole.
/// - a sumcheck round of degree D: D/|F|; a layer of a fraction tree has rounds of degree 3 and two linear challenges.
/// - a random point of n coordinates: n/|F| (Schwartz-Zippel, multilinear).
/// - batching by powers of one challenge: at most 512 statements inside an operation (sums of squares of 2^16
///   channels), as many as there are in the stage after the join if those are more.
public final class ProofSecurity {
    /// A proof whose weakest step is worth less is not accepted, whatever the key asks for.
    public static final double MINIMUM_BITS = 100;

    private ProofSecurity() {}

    /// The account of a proof of this sequence.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    public static SecurityAccount of(VerifyingKey key, TokenSequence sequence) {
        return of(key.spec().compile(sequence).graph(), key.parameters());
    }

    /// The account of a proof of this graph.
    static SecurityAccount of(Graph graph, CommitmentParameters parameters) {
        ChallengeCount count = ChallengeCount.of(graph);
        MatrixLayout witness = MatrixLayout.of(graph.witnessColumns(), parameters.k());
        MatrixLayout weights = MatrixLayout.of(graph.keyColumns(), parameters.k());
        SecurityAccount account = SecurityAccount.ofOpening(
                parameters, new AddressSpace(witness, weights).rowBits(), count.claims());
        long entries = graph.tables().stream().mapToLong(t -> t.multiplicity().shape().size()).sum();
        account.add("lookups", SecurityAccount.challengeBits(
                (LookupChallenges.MAX_COMPONENTS + 1.0) * (graph.lookups() + entries))
                        + parameters.lookupGrindingBits());
        account.add("fraction tree round", SecurityAccount.challengeBits(3), count.treeRounds());
        account.add("fraction tree layer", SecurityAccount.challengeBits(1), 2 * count.treeLayers());
        count.rounds().forEach((degree, rounds) -> account.add(
                "sumcheck round, degree " + degree, SecurityAccount.challengeBits(degree), rounds));
        count.points().forEach((size, points) -> account.add(
                "random point, " + size + " coordinates", SecurityAccount.challengeBits(size), points));
        count.batchings().forEach((terms, batchings) -> account.add(
                "batching of up to " + terms + " statements", SecurityAccount.challengeBits(terms), batchings));
        return account;
    }

    /// The account of the longest sequence that can be proved, the weakest a key gives: the context, or as many whole
    /// blocks less as keep the number of lookups below p.
    public static SecurityAccount longest(VerifyingKey key) {
        int context = key.spec().limits().context();
        int block = 1 << RowBlocks.BLOCK_BITS;
        SecurityAccount best = null;
        // Lookups and rows of the witness grow with the sequence, so the least number of blocks to leave out is found
        // by halving.
        int low = 0;
        int high = (context - 1) / block;
        while (low <= high) {
            int without = low == 0 ? 0 : (low + high) / 2;
            try {
                best = of(key, TokenSequence.ofLength(new int[] {0}, context - without * block,
                        key.spec().limits().anyId()));
                high = without - 1;
            } catch (IllegalArgumentException tooLong) {
                if (without == (context - 1) / block) {
                    throw tooLong;
                }
                low = without + 1;
            }
        }
        return best;
    }
}
