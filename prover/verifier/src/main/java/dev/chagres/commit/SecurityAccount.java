package dev.chagres.commit;

import dev.chagres.field.M31;
import java.util.ArrayList;
import java.util.List;

/// The soundness error of a proof, step by step, in bits (-log2 of the error).
///
/// The account is round by round: a step is one verifier challenge (or one draw of queries), its error the
/// probability that it turns a false statement into a true one. Everything is in the unique decoding regime and
/// proven; docs/soundness.md has the formulas and their sources.
public final class SecurityAccount {
    /// log2 of the number of elements of QM31.
    public static final double FIELD_BITS = 4 * log2(M31.P);

    /// Collision resistance of the nodes of Merkle trees, BLAKE3 cut to 208 bits; that of the transcript is 128.
    public static final double HASH_BITS = 4.0 * MerkleProof.NODE_BYTES;

    private final List<Step> steps = new ArrayList<>();

    /// One kind of step.
    ///
    /// @param name what is drawn
    /// @param bits -log2 of the error of one such step
    /// @param count how often it happens in a proof
    public record Step(String name, double bits, long count) {
        public Step {
            if (!(bits > 0) || count < 1) {
                throw new IllegalArgumentException(name + ": " + bits + " bits, " + count + " times");
            }
        }
    }

    /// Bits that one query is worth: log2(2/(1 + rho)) with rho = 2^-rateBits.
    public static double bitsPerQuery(int rateBits) {
        return 1 - log2(1 + Math.scalb(1.0, -rateBits));
    }

    /// Bits of a query draw: each query misses with probability (1 + rho)/2, and every retry costs 2^grindingBits.
    public static double queryBits(int queries, int rateBits, int grindingBits) {
        return queries * bitsPerQuery(rateBits) + grindingBits;
    }

    /// Bits of a challenge whose bad values number at most `bad`: log2(|F| / bad).
    public static double challengeBits(double bad) {
        return FIELD_BITS - log2(bad);
    }

    /// Bad values of one fold challenge on an interleaved word of length N = 2^codeBits: N by the proximity gap up to
    /// the unique decoding radius (eprint 2020/654, theorem 4.1), plus one because the span of the circle FFT basis
    /// misses one dimension of the generalised Reed-Solomon code, plus two for the sumcheck round (degree 2) that
    /// shares the challenge.
    public static double foldBadValues(int codeBits) {
        return Math.scalb(1.0, codeBits) + 1 + 2;
    }

    /// The steps of one opening.
    ///
    /// @param parameters the commitment's parameters
    /// @param rowBits log2 of the number of rows of both matrices, padded: [AddressSpace#rowBits()]
    /// @param claims number of claims opened together
    public static SecurityAccount ofOpening(CommitmentParameters parameters, int rowBits, long claims) {
        SecurityAccount account = new SecurityAccount();
        account.add("hash collision", HASH_BITS);
        account.add("batching of claims", challengeBits(Math.max(1, claims)));
        account.add("batching sumcheck, slot variable", challengeBits(2), parameters.k());
        if (rowBits > 0) {
            account.add("level 0 row fold",
                    challengeBits(foldBadValues(parameters.codeBits(0))), rowBits);
        }
        int last = parameters.levels().size();
        for (int i = 0; i <= last; i++) {
            int queries = parameters.queries(i);
            account.add("level " + i + " queries",
                    queryBits(queries, parameters.rateBits(i), parameters.grindingBits(i)));
            if (i < last) {
                account.add("level " + i + " batching of queries", challengeBits(queries));
                account.add("level " + (i + 1) + " lane fold",
                        challengeBits(foldBadValues(parameters.codeBits(i + 1))),
                        parameters.levels().get(i).laneBits());
            }
        }
        return account;
    }

    /// Adds a step of the caller's protocol: a lookup challenge, a sumcheck round, ...
    public SecurityAccount add(String name, double bits) {
        return add(name, bits, 1);
    }

    /// Adds `count` steps of equal error.
    public SecurityAccount add(String name, double bits, long count) {
        steps.add(new Step(name, bits, count));
        return this;
    }

    public List<Step> steps() {
        return List.copyOf(steps);
    }

    /// Bits of the weakest step: the round-by-round soundness.
    public double minimum() {
        return steps.stream().mapToDouble(Step::bits).min().orElseThrow();
    }

    /// -log2 of the sum of all errors: the bound of the interactive protocol (grinding counted as work).
    public double sum() {
        double weakest = minimum();
        double scaled = steps.stream().mapToDouble(s -> s.count() * Math.pow(2, weakest - s.bits())).sum();
        return weakest - log2(scaled);
    }

    private static double log2(double x) {
        return Math.log(x) / Math.log(2);
    }
}
