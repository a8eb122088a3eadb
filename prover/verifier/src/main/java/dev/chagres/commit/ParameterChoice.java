package dev.chagres.commit;

import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.tensor.Column;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Chooses parameters for a security target: those with the smallest opening by [OpeningSize], at bounded work and
/// memory (docs/protocol-opening.md, section 6, has the reasons and a table).
///
/// Fixed are the rate 1/2 of the two matrices, because encoding them is most of the work, and the rate 1/16 of the
/// ladder, whose words are small. Query counts and work before folds are the least that reach the target. Lanes and
/// clear values are the cheapest of all ladders.
public final class ParameterChoice {
    /// The standard target, and the least that a proof is accepted for.
    public static final int STANDARD_BITS = 100;
    /// Work before a query draw.
    public static final int GRINDING_BITS = 22;
    /// Work before the lookup challenges, more if the target asks for it.
    public static final int LOOKUP_GRINDING_BITS = 16;

    private static final int MATRIX_RATE_BITS = 1;
    private static final int LADDER_RATE_BITS = 4;
    /// An opening this much larger than the smallest one is taken for half of the memory and shorter transforms.
    private static final double TOLERANCE = 1.05;
    private static final int MIN_K = 8;
    /// Rows of every key may have 2^20 values; longer ones, up to 2^22, need a key of at least 64 of them.
    private static final int MAX_K = 20;
    private static final int MAX_LARGE_K = 22;
    private static final int LARGE_KEY_ROWS = 64;

    private ParameterChoice() {}

    /// The parameters of rows of 2^k with the smallest opening.
    ///
    /// @param k log2 of the row length, 6 to 24
    /// @param targetBits of every query draw and every fold, work included
    /// @param grindingBits work before every query draw
    /// @param lookupGrindingBits work before the lookup challenge
    public static CommitmentParameters of(int k, int targetBits, int grindingBits, int lookupGrindingBits) {
        int queries = queriesFor(targetBits - grindingBits, LADDER_RATE_BITS);
        // least[c]: bytes of the cheapest way on from 2^c coefficients; first[c]: its first level, null to end here.
        double[] least = new double[k + 1];
        Level[] first = new Level[k + 1];
        for (int c = CommitmentParameters.MIN_CLEAR_BITS; c <= k; c++) {
            least[c] = c <= CommitmentParameters.MAX_CLEAR_BITS ? OpeningSize.STANDARD.clear(c) : Double.MAX_VALUE;
            for (int lanes = 1; lanes <= CommitmentParameters.MAX_LANE_BITS; lanes++) {
                int rest = c - lanes;
                if (rest < CommitmentParameters.MIN_CLEAR_BITS) {
                    break;
                }
                int code = rest + LADDER_RATE_BITS;
                Level level = new Level(lanes, LADDER_RATE_BITS, queries, grindingBits,
                        foldGrinding(code, targetBits));
                double bytes = OpeningSize.STANDARD.level(level, code) + least[rest];
                if (bytes < least[c]) {
                    least[c] = bytes;
                    first[c] = level;
                }
            }
        }
        List<Level> levels = new ArrayList<>();
        for (int c = k; first[c] != null; c -= first[c].laneBits()) {
            levels.add(first[c]);
        }
        return new CommitmentParameters(k, MATRIX_RATE_BITS,
                queriesFor(targetBits - grindingBits, MATRIX_RATE_BITS), grindingBits,
                foldGrinding(k + MATRIX_RATE_BITS, targetBits), Collections.unmodifiableList(levels),
                lookupGrindingBits, targetBits);
    }

    /// The parameters for a key: the least k whose opening of the longest statement is at most 5 % larger than the
    /// smallest one.
    ///
    /// @param witness values of the WITNESS matrix of the longest statement: [#values(List)]
    /// @param key values of the KEY matrix
    /// @param lookupBadValues of the lookup challenges of that statement
    /// @param targetBits what every step must be worth
    public static CommitmentParameters forModel(long witness, long key, BigInteger lookupBadValues, int targetBits) {
        int lookupGrinding = Math.max(LOOKUP_GRINDING_BITS, grindingFor(lookupBadValues, targetBits));
        List<CommitmentParameters> choices = new ArrayList<>();
        List<Double> bytes = new ArrayList<>();
        for (int k = MIN_K; k <= MAX_LARGE_K; k++) {
            long rows = rows(witness, k) + rows(key, k);
            if (rows <= MatrixLayout.MAX_ROWS && (k <= MAX_K || key >> k >= LARGE_KEY_ROWS)) {
                CommitmentParameters parameters = of(k, targetBits, GRINDING_BITS, lookupGrinding);
                choices.add(parameters);
                bytes.add(OpeningSize.STANDARD.bytes(parameters, rows(witness, k), rows(key, k)));
            }
        }
        if (choices.isEmpty()) {
            throw new IllegalArgumentException("a witness of " + witness + " values fits no matrix");
        }
        double limit = TOLERANCE * Collections.min(bytes);
        for (int i = 0;; i++) {
            if (bytes.get(i) <= limit) {
                return choices.get(i);
            }
        }
    }

    /// Values that columns take in a matrix: pieces have at least 2^8.
    public static long values(List<Column> columns) {
        return columns.stream()
                .mapToLong(c -> (long) c.shape().tileCount() << Math.max(c.shape().lowBits(), MIN_K)).sum();
    }

    /// Rows of 2^k for so many values: pieces are powers of two and fill all rows but the last one.
    private static int rows(long values, int k) {
        return (int) Math.min(Integer.MAX_VALUE / 2, Math.max(1, values + (1L << k) - 1 >> k));
    }

    /// The least number of queries worth `bits` in the unique decoding regime: a query catches a bad word with
    /// probability at least (1 - rho)/2, so each is worth log2(2/(1 + rho)) bits.
    public static int queriesFor(int bits, int rateBits) {
        int queries = Math.max(1, (int) (bits / SecurityAccount.bitsPerQuery(rateBits)) - 1);
        while (bits > 0 && !SecurityAccount.queries("", queries, rateBits, 0).reaches(bits)) {
            queries++;
        }
        return queries;
    }

    private static int foldGrinding(int codeBits, int targetBits) {
        return grindingFor(SecurityAccount.foldBadValues(codeBits), targetBits);
    }

    /// The least work that makes a challenge with so many bad values worth `targetBits`.
    private static int grindingFor(BigInteger bad, int targetBits) {
        int bits = 0;
        while (!SecurityAccount.challenge("", bad, bits, 1).reaches(targetBits)) {
            bits++;
        }
        return bits;
    }
}
