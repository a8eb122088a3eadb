package dev.chagres.commit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Every size and count of the commitment and its opening. It belongs to the model key, never to a proof.
///
/// Level 0 is the pair of committed matrices; levels 1, 2, ... are the ladder. Level i is queried after the root of
/// level i + 1 (or the clear values) is fixed.
///
/// @param k log2 of the row length K
/// @param rateBits -log2 of the rate of level 0
/// @param queries number of positions drawn in level 0
/// @param grindingBits work before that draw
/// @param foldGrindingBits work before every row fold, the challenge of a row variable
/// @param levels the ladder
/// @param lookupGrindingBits work before the lookup challenge, used by the caller
/// @param targetBits what every step of a proof must be worth, if more than the protocol's own minimum
public record CommitmentParameters(int k, int rateBits, int queries, int grindingBits, int foldGrindingBits,
        List<Level> levels, int lookupGrindingBits, int targetBits) {
    /// Least and most of log2 of the number of values sent in clear.
    public static final int MIN_CLEAR_BITS = 4;
    public static final int MAX_CLEAR_BITS = 12;
    /// Most of log2 of the number of lanes of a level.
    public static final int MAX_LANE_BITS = 10;

    /// No target is higher: what a collision of nodes is worth.
    public static final int MAX_TARGET_BITS = SecurityAccount.HASH_BITS;

    private static final int HEADER_WORDS = 8;
    private static final int LEVEL_WORDS = 5;
    private static final int MAX_LEVELS = 16;
    private static final int MAX_GRINDING_BITS = 40;

    /// One level of the ladder: a vector of 2^m extension elements is committed as 2^laneBits lanes (the top
    /// variables) of 2^(m - laneBits) coefficients and then folded over the lanes.
    ///
    /// @param laneBits log2 of the number of lanes
    /// @param rateBits -log2 of the rate
    /// @param queries number of positions drawn in this level
    /// @param grindingBits work before that draw
    /// @param foldGrindingBits work before every lane fold, the challenge of a variable of the lanes
    public record Level(int laneBits, int rateBits, int queries, int grindingBits, int foldGrindingBits) {
        public Level {
            if (laneBits < 1 || laneBits > MAX_LANE_BITS) {
                throw new IllegalArgumentException("lane bits " + laneBits);
            }
            checkCode(rateBits, queries, grindingBits, foldGrindingBits);
        }

        /// A level without work before its folds.
        public Level(int laneBits, int rateBits, int queries, int grindingBits) {
            this(laneBits, rateBits, queries, grindingBits, 0);
        }
    }

    public CommitmentParameters {
        levels = List.copyOf(levels);
        if (k < 6 || k > 24 || levels.size() > MAX_LEVELS) {
            throw new IllegalArgumentException("k = " + k + ", " + levels.size() + " levels");
        }
        checkCode(rateBits, queries, grindingBits, foldGrindingBits);
        int clear = k - levels.stream().mapToInt(Level::laneBits).sum();
        if (clear < MIN_CLEAR_BITS || clear > MAX_CLEAR_BITS) {
            throw new IllegalArgumentException("the ladder leaves 2^" + clear + " values in clear");
        }
        if (lookupGrindingBits < 0 || lookupGrindingBits > MAX_GRINDING_BITS || targetBits < 1
                || targetBits > MAX_TARGET_BITS) {
            throw new IllegalArgumentException("lookup grinding " + lookupGrindingBits + ", target " + targetBits);
        }
    }

    /// Parameters without work before the row folds.
    public CommitmentParameters(int k, int rateBits, int queries, int grindingBits, List<Level> levels,
            int lookupGrindingBits, int targetBits) {
        this(k, rateBits, queries, grindingBits, 0, levels, lookupGrindingBits, targetBits);
    }

    private static void checkCode(int rateBits, int queries, int grindingBits, int foldGrindingBits) {
        if (rateBits < 1 || rateBits > 5 || queries < 1 || queries > 4096 || grindingBits < 0
                || grindingBits > MAX_GRINDING_BITS || foldGrindingBits < 0 || foldGrindingBits > MAX_GRINDING_BITS) {
            throw new IllegalArgumentException("rate 2^-" + rateBits + ", " + queries + " queries, grinding bits "
                    + grindingBits + " and " + foldGrindingBits);
        }
    }

    /// The standard parameters of the standard target; see [ParameterChoice].
    ///
    /// @param k log2 of the row length, 6 to 24
    public static CommitmentParameters forKey(int k) {
        return of(k, ParameterChoice.STANDARD_BITS, ParameterChoice.GRINDING_BITS,
                ParameterChoice.LOOKUP_GRINDING_BITS);
    }

    /// The parameters of rows of 2^k that make the smallest proofs; see [ParameterChoice#of(int, int, int, int)].
    ///
    /// @param k log2 of the row length, 6 to 24
    /// @param targetBits security of each query draw and each fold, grinding included
    /// @param grindingBits work before every query draw
    /// @param lookupGrindingBits work before the lookup challenge
    public static CommitmentParameters of(int k, int targetBits, int grindingBits, int lookupGrindingBits) {
        return ParameterChoice.of(k, targetBits, grindingBits, lookupGrindingBits);
    }

    /// Coefficient bits of a lane of level i; level 0 gives k.
    public int coefficientBits(int level) {
        int bits = k;
        for (int i = 0; i < level; i++) {
            bits -= levels.get(i).laneBits();
        }
        return bits;
    }

    /// log2 of the code length of level i, which is also the depth of its Merkle tree.
    public int codeBits(int level) {
        return coefficientBits(level) + rateBits(level);
    }

    /// -log2 of the rate of level i.
    public int rateBits(int level) {
        return level == 0 ? rateBits : levels.get(level - 1).rateBits();
    }

    /// Positions drawn in level i.
    public int queries(int level) {
        return level == 0 ? queries : levels.get(level - 1).queries();
    }

    /// Grinding before the positions of level i are drawn.
    public int grindingBits(int level) {
        return level == 0 ? grindingBits : levels.get(level - 1).grindingBits();
    }

    /// Grinding before the challenges that fold the rows of level 0, or the lanes of level i > 0.
    public int foldGrindingBits(int level) {
        return level == 0 ? foldGrindingBits : levels.get(level - 1).foldGrindingBits();
    }

    /// log2 of the number of values sent in clear.
    public int clearBits() {
        return coefficientBits(levels.size());
    }

    /// Low variables bound first by the batching sumcheck: 8, or k if smaller.
    public int headBits() {
        return MatrixLayout.minimumBits(k);
    }

    /// Canonical encoding: little-endian 32-bit words k, rateBits, queries, grindingBits, foldGrindingBits,
    /// lookupGrindingBits, targetBits, number of levels, then laneBits, rateBits, queries, grindingBits,
    /// foldGrindingBits of each level.
    public byte[] toBytes() {
        ByteBuffer b = ByteBuffer.allocate(4 * (HEADER_WORDS + LEVEL_WORDS * levels.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(k).putInt(rateBits).putInt(queries).putInt(grindingBits).putInt(foldGrindingBits)
                .putInt(lookupGrindingBits).putInt(targetBits).putInt(levels.size());
        for (Level l : levels) {
            b.putInt(l.laneBits()).putInt(l.rateBits()).putInt(l.queries()).putInt(l.grindingBits())
                    .putInt(l.foldGrindingBits());
        }
        return b.array();
    }

    /// Inverse of [#toBytes()].
    ///
    /// @throws IllegalArgumentException if the bytes are not the encoding of valid parameters
    public static CommitmentParameters fromBytes(byte[] bytes) {
        if (bytes.length < 4 * HEADER_WORDS || bytes.length % 4 != 0) {
            throw new IllegalArgumentException("parameter block of " + bytes.length + " bytes");
        }
        ByteBuffer b = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int k = b.getInt();
        int rateBits = b.getInt();
        int queries = b.getInt();
        int grinding = b.getInt();
        int foldGrinding = b.getInt();
        int lookupGrinding = b.getInt();
        int target = b.getInt();
        int count = b.getInt();
        if (count < 0 || count > MAX_LEVELS || b.remaining() != 4 * LEVEL_WORDS * count) {
            throw new IllegalArgumentException("parameter block of " + bytes.length + " bytes, " + count + " levels");
        }
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            levels.add(new Level(b.getInt(), b.getInt(), b.getInt(), b.getInt(), b.getInt()));
        }
        return new CommitmentParameters(k, rateBits, queries, grinding, foldGrinding, levels, lookupGrinding, target);
    }
}
