package dev.chagres.commit;

/// How many bytes an opening has, computed from its parameters: what does not depend on the drawn positions exactly,
/// the rest as its expectation over independent uniform positions.
///
/// Only multiplications, additions and divisions are used, so that every machine computes the same numbers and
/// [ParameterChoice] the same parameters.
///
/// @param nodeBytes of a root or a sibling
/// @param wordBits of a committed word in the proof
public record OpeningSize(int nodeBytes, int wordBits) {
    /// Sizes that parameters are chosen for: nodes of 28 bytes, words of 31 bits.
    public static final OpeningSize STANDARD = new OpeningSize(MerkleProof.NODE_BYTES, 31);

    private static final int ELEMENT_BYTES = 16;
    private static final int NONCE_BYTES = 8;

    /// Expected bytes of an opening.
    ///
    /// @param witnessRows of the WITNESS matrix
    /// @param keyRows of the KEY matrix
    public double bytes(CommitmentParameters parameters, int witnessRows, int keyRows) {
        int rowBits = 0;
        while (1L << rowBits < (long) witnessRows + keyRows) {
            rowBits++;
        }
        double bytes = levelZero(parameters.codeBits(0), parameters.queries(0), witnessRows, keyRows)
                + 2 * ELEMENT_BYTES * (parameters.k() + rowBits) + ELEMENT_BYTES
                + NONCE_BYTES + rowBits * foldNonce(parameters.foldGrindingBits(0));
        for (int i = 1; i <= parameters.levels().size(); i++) {
            bytes += level(parameters.levels().get(i - 1), parameters.codeBits(i));
        }
        return bytes + clear(parameters.clearBits());
    }

    /// Opened columns and siblings of the two matrices.
    double levelZero(int codeBits, int queries, int witnessRows, int keyRows) {
        return columns(codeBits, queries, witnessRows) + columns(codeBits, queries, keyRows);
    }

    /// Everything that a level of the ladder adds.
    double level(CommitmentParameters.Level level, int codeBits) {
        return nodeBytes + NONCE_BYTES + columns(codeBits, level.queries(), 4 << level.laneBits())
                + level.laneBits() * (2 * ELEMENT_BYTES + foldNonce(level.foldGrindingBits()));
    }

    /// The values in clear.
    double clear(int clearBits) {
        return (double) ELEMENT_BYTES * (1L << clearBits);
    }

    private double columns(int codeBits, int queries, int rows) {
        return distinct(codeBits, queries) * rows * wordBits / 8 + siblings(codeBits, queries) * nodeBytes;
    }

    /// No nonce is sent for a fold without work; there is always one before a draw of queries.
    private static int foldNonce(int bits) {
        return bits > 0 ? NONCE_BYTES : 0;
    }

    /// Expected number of different ones among `queries` of 2^depth positions: every position is missed with
    /// probability (1 - 2^-depth)^queries.
    static double distinct(int depth, int queries) {
        return Math.scalb(1 - power(1 - Math.scalb(1.0, -depth), queries), depth);
    }

    /// Expected number of siblings of a pruned proof for `queries` of 2^depth positions. A node of layer j is sent if
    /// no position lies below it but one lies below its sibling: probability (1 - 2^-j)^queries - (1 -
    /// 2^(1-j))^queries.
    static double siblings(int depth, int queries) {
        double sum = 0;
        for (int j = 1; j <= depth; j++) {
            sum += Math.scalb(power(1 - Math.scalb(1.0, -j), queries) - power(1 - Math.scalb(1.0, 1 - j), queries), j);
        }
        return sum;
    }

    private static double power(double x, int n) {
        double result = 1;
        double square = x;
        for (int rest = n; rest > 0; rest >>= 1) {
            if ((rest & 1) != 0) {
                result *= square;
            }
            square *= square;
        }
        return result;
    }
}
