package dev.chagres.commit;

import dev.chagres.field.M31;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// The soundness error of a proof, step by step.
///
/// The account is round by round: a step is one verifier challenge (or one draw of queries), its error the
/// probability that it turns a false statement into a true one. Everything is in the unique decoding regime and
/// proven; docs/soundness.md has the formulas and their sources.
///
/// Errors are fractions of integers. What a proof is accepted for ([#reaches(int)]) is decided on them exactly;
/// floating point numbers are for display.
public final class SecurityAccount {
    /// Number of elements of QM31.
    public static final BigInteger FIELD = BigInteger.valueOf(M31.P).pow(4);

    /// Collision resistance of the nodes of Merkle trees, BLAKE3 cut to 224 bits; that of the transcript is 128.
    public static final int HASH_BITS = 4 * MerkleProof.NODE_BYTES;

    /// No step is worth more than this and a few bits.
    private static final int MAX_LEVEL = 128;
    /// Leading bits of an integer that its logarithm is computed from.
    private static final int LEADING_BITS = 60;

    private final List<Step> steps = new ArrayList<>();

    /// One kind of step: bad / all is the probability that one of them fails, and every try costs 2^workBits hashes.
    ///
    /// @param name what is drawn
    /// @param bad at least 1
    /// @param all more than `bad`
    /// @param workBits of the work before it
    /// @param interactive whether it is a draw of the interactive protocol, which has no hashes
    /// @param count how often it happens in a proof
    public record Step(String name, BigInteger bad, BigInteger all, int workBits, boolean interactive, long count) {
        public Step {
            if (bad.signum() <= 0 || bad.compareTo(all) >= 0 || workBits < 0 || count < 1) {
                throw new IllegalArgumentException(
                        name + ": " + bad + " of " + all + ", work of " + workBits + " bits, " + count + " times");
            }
        }

        /// Whether the step is worth at least `bits`: bad 2^bits <= all 2^workBits.
        public boolean reaches(int bits) {
            return bad.shiftLeft(bits).compareTo(all.shiftLeft(workBits)) <= 0;
        }

        /// -log2 of the error of one such step, its work counted; for display.
        public double bits() {
            return errorBits() + workBits;
        }

        /// -log2 of the error of one such step; for display.
        private double errorBits() {
            return log2(all) - log2(bad);
        }
    }

    /// Bits that one query is worth: log2(2/(1 + rho)) with rho = 2^-rateBits; for display and estimates.
    public static double bitsPerQuery(int rateBits) {
        return 1 - log2(BigInteger.ONE.shiftLeft(rateBits).add(BigInteger.ONE)) + rateBits;
    }

    /// Bad values of one fold challenge on an interleaved word of length N = 2^codeBits: N by the proximity gap up to
    /// the unique decoding radius (eprint 2020/654, theorem 4.1), plus one because the span of the circle FFT basis
    /// misses one dimension of the generalised Reed-Solomon code, plus two for the sumcheck round (degree 2) that
    /// shares the challenge.
    public static BigInteger foldBadValues(int codeBits) {
        return BigInteger.ONE.shiftLeft(codeBits).add(BigInteger.valueOf(3));
    }

    /// The steps of one opening.
    ///
    /// @param parameters the commitment's parameters
    /// @param rowBits log2 of the number of rows of both matrices, padded: [AddressSpace#rowBits()]
    /// @param claims number of claims opened together
    public static SecurityAccount ofOpening(CommitmentParameters parameters, int rowBits, long claims) {
        SecurityAccount account = new SecurityAccount();
        account.addHash("hash collision", HASH_BITS);
        account.addChallenge("batching of claims", BigInteger.valueOf(Math.max(1, claims)), 0, 1);
        account.addChallenge("batching sumcheck, slot variable", BigInteger.TWO, 0, parameters.k());
        if (rowBits > 0) {
            account.addChallenge("level 0 row fold", foldBadValues(parameters.codeBits(0)),
                    parameters.foldGrindingBits(0), rowBits);
        }
        int last = parameters.levels().size();
        for (int i = 0; i <= last; i++) {
            int queries = parameters.queries(i);
            account.addQueries("level " + i + " queries", queries, parameters.rateBits(i),
                    parameters.grindingBits(i));
            if (i < last) {
                account.addChallenge("level " + i + " batching of queries", BigInteger.valueOf(queries), 0, 1);
                account.addChallenge("level " + (i + 1) + " lane fold", foldBadValues(parameters.codeBits(i + 1)),
                        parameters.foldGrindingBits(i + 1), parameters.levels().get(i).laneBits());
            }
        }
        return account;
    }

    /// Adds `count` challenges, each with at most `bad` bad values of |F|.
    public SecurityAccount addChallenge(String name, BigInteger bad, int workBits, long count) {
        steps.add(challenge(name, bad, workBits, count));
        return this;
    }

    static Step challenge(String name, BigInteger bad, int workBits, long count) {
        return new Step(name, bad, FIELD, workBits, true, count);
    }

    /// Adds a draw of positions: each misses with probability (1 + rho)/2 = (2^r + 1)/2^(r + 1), r = rateBits.
    public SecurityAccount addQueries(String name, int queries, int rateBits, int workBits) {
        steps.add(queries(name, queries, rateBits, workBits));
        return this;
    }

    static Step queries(String name, int queries, int rateBits, int workBits) {
        BigInteger miss = BigInteger.ONE.shiftLeft(rateBits).add(BigInteger.ONE);
        return new Step(name, miss.pow(queries), BigInteger.ONE.shiftLeft((rateBits + 1) * queries), workBits, true, 1);
    }

    /// Adds what the hash is worth against collisions.
    public SecurityAccount addHash(String name, int bits) {
        steps.add(new Step(name, BigInteger.ONE, BigInteger.ONE.shiftLeft(bits), 0, false, 1));
        return this;
    }

    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /// Whether every step is worth at least `bits`.
    public boolean reaches(int bits) {
        return steps.stream().allMatch(s -> s.reaches(bits));
    }

    /// The greatest whole number of bits that every step reaches: the round-by-round soundness.
    public int level() {
        int level = 0;
        while (level < MAX_LEVEL && reaches(level + 1)) {
            level++;
        }
        return level;
    }

    /// Bits of the weakest step; for display.
    public double minimum() {
        return steps.stream().mapToDouble(Step::bits).min().orElseThrow();
    }

    /// -log2 of the sum of what all steps cost, their work counted; for display. It bounds no probability: work costs
    /// time.
    public double sumOfCosts() {
        return sum(steps, Step::bits);
    }

    /// -log2 of the error of the interactive protocol, in which the verifier draws every challenge and no work and no
    /// hash helps: the sum of all errors; for display.
    public double interactive() {
        return sum(steps.stream().filter(Step::interactive).toList(), Step::errorBits);
    }

    private static double sum(List<Step> steps, ToDoubleFunction<Step> bits) {
        double weakest = steps.stream().mapToDouble(bits).min().orElseThrow();
        double scaled = steps.stream()
                .mapToDouble(s -> s.count() * Math.pow(2, weakest - bits.applyAsDouble(s))).sum();
        return weakest - Math.log(scaled) / Math.log(2);
    }

    private static double log2(BigInteger x) {
        int shift = Math.max(0, x.bitLength() - LEADING_BITS);
        return Math.log(x.shiftRight(shift).doubleValue()) / Math.log(2) + shift;
    }
}
