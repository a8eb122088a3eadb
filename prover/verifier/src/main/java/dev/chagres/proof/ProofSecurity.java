package dev.chagres.proof;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.OpeningSize;
import dev.chagres.commit.ParameterChoice;
import dev.chagres.commit.SecurityAccount;
import dev.chagres.graph.Graph;
import dev.chagres.graph.RowBlocks;
import dev.chagres.lookup.LookupChallenges;
import dev.chagres.model.ModelSpec;
import dev.chagres.statement.TokenSequence;
import java.math.BigInteger;
import java.util.function.Function;

/// The security account of a whole proof: the opening ([SecurityAccount#ofOpening]) and every challenge before it,
/// counted by walking through the verifier's own reductions. It depends on the key and the length of the sequence
/// alone.
///
/// Errors of one step, with |F| about 2^124:
/// - lookups: (d + 1)(lookups + table entries)/|F|, with grinding; d = 4 is the power of the tuple challenge at which
///   ids of tables stand, above the components of every tuple.
/// - a sumcheck round of degree D: D/|F|; a layer of a fraction tree has rounds of degree 3 and two linear challenges.
/// - a random point of n coordinates: n/|F| (Schwartz-Zippel, multilinear).
/// - batching by powers of one challenge: at most 512 statements inside an operation (sums of squares of 2^16
///   channels), as many as there are in the stage after the join if those are more.
public final class ProofSecurity {
    /// A proof whose weakest step is worth less is not accepted, whatever the key asks for.
    public static final int MINIMUM_BITS = ParameterChoice.STANDARD_BITS;

    private ProofSecurity() {}

    /// The account of a proof of this sequence.
    ///
    /// @throws IllegalArgumentException if the sequence does not fit the model
    public static SecurityAccount of(VerifyingKey key, TokenSequence sequence) {
        return of(ProofShape.of(key.spec().compile(sequence).graph(), key.parameters()));
    }

    /// The account of a proof of this shape.
    static SecurityAccount of(ProofShape shape) {
        ChallengeCount count = shape.count();
        SecurityAccount account = SecurityAccount.ofOpening(
                shape.parameters(), shape.space().rowBits(), count.claims());
        account.addChallenge("lookups", lookupBadValues(shape.graph()), shape.parameters().lookupGrindingBits(), 1);
        account.addChallenge("fraction tree round", BigInteger.valueOf(3), 0, count.treeRounds());
        account.addChallenge("fraction tree layer", BigInteger.ONE, 0, 2 * count.treeLayers());
        count.rounds().forEach((degree, rounds) -> account.addChallenge(
                "sumcheck round, degree " + degree, BigInteger.valueOf(degree), 0, rounds));
        count.points().forEach((size, points) -> account.addChallenge(
                "random point, " + size + " coordinates", BigInteger.valueOf(size), 0, points));
        count.batchings().forEach((terms, batchings) -> account.addChallenge(
                "batching of up to " + terms + " statements", BigInteger.valueOf(terms), 0, batchings));
        return account;
    }

    /// What every step of a proof for a key must be worth, in bits: the target of the key, and never less than
    /// [#MINIMUM_BITS]. No proof has a say in it.
    public static int requiredBits(CommitmentParameters parameters) {
        return Math.max(MINIMUM_BITS, parameters.targetBits());
    }

    /// Pairs of lookup challenges c, beta that can hide a wrong lookup, divided by |F|: the difference of both sides,
    /// times all n denominators, has degree below n in c and at most 4 (n - 1) in beta.
    private static BigInteger lookupBadValues(Graph graph) {
        long entries = graph.tables().stream().mapToLong(t -> t.multiplicity().shape().size()).sum();
        return BigInteger.valueOf(graph.lookups() + entries)
                .multiply(BigInteger.valueOf(LookupChallenges.MAX_COMPONENTS + 1));
    }

    /// The parameters of a key for a model, chosen from the sizes of the key and of the longest sequence that can be
    /// proved ([ParameterChoice]).
    ///
    /// @param targetBits what every step must be worth, at least [#MINIMUM_BITS]
    /// @throws IllegalArgumentException if no sequence can be proved at this target
    public static CommitmentParameters choose(ModelSpec spec, int targetBits) {
        Graph graph = longest(spec, sequence -> spec.compile(sequence).graph());
        CommitmentParameters parameters = ParameterChoice.forModel(ParameterChoice.values(graph.witnessColumns()),
                ParameterChoice.values(graph.keyColumns()), lookupBadValues(graph), targetBits);
        SecurityAccount account = of(ProofShape.of(graph, parameters));
        if (!account.reaches(requiredBits(parameters))) {
            throw new IllegalArgumentException("the longest proof of this model would be worth " + account.level()
                    + " bits, " + requiredBits(parameters) + " are asked for");
        }
        return parameters;
    }

    /// What a proof of the longest sequence is worth and costs.
    ///
    /// @param account the weakest that a key gives
    /// @param openingBytes expected bytes of the opening, most of the proof
    /// @param workHashes expected hashes of all work
    public record Longest(SecurityAccount account, double openingBytes, double workHashes) {}

    /// The longest sequence that can be proved: the context, or as many whole blocks less as keep the lookups of every
    /// table below p.
    public static Longest longest(VerifyingKey key) {
        CommitmentParameters p = key.parameters();
        return longest(key.spec(), sequence -> {
            ProofShape shape = ProofShape.of(key.spec().compile(sequence).graph(), p);
            SecurityAccount account = of(shape);
            double work = account.steps().stream().filter(s -> s.workBits() > 0)
                    .mapToDouble(s -> Math.scalb((double) s.count(), s.workBits())).sum();
            AddressSpace space = shape.space();
            return new Longest(account,
                    OpeningSize.STANDARD.bytes(p, space.witness().rows(), space.key().rows()), work);
        });
    }

    private static <T> T longest(ModelSpec spec, Function<TokenSequence, T> of) {
        int context = spec.limits().context();
        int block = 1 << RowBlocks.BLOCK_BITS;
        T best = null;
        // Lookups and rows of the witness grow with the sequence, so the least number of blocks to leave out is found
        // by halving.
        int low = 0;
        int high = (context - 1) / block;
        while (low <= high) {
            int without = low == 0 ? 0 : (low + high) / 2;
            try {
                best = of.apply(TokenSequence.ofLength(new int[] {0}, context - without * block,
                        spec.limits().anyId()));
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
