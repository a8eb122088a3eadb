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
/// @param levels the ladder
/// @param lookupGrindingBits work before the lookup challenge, used by the caller
/// @param targetBits the security target for which the query counts were computed
public record CommitmentParameters(int k, int rateBits, int queries, int grindingBits, List<Level> levels,
        int lookupGrindingBits, int targetBits) {
    /// log2 of the number of values sent in clear when the ladder ends (k itself if smaller).
    public static final int CLEAR_BITS = 6;

    private static final int HEADER_WORDS = 7;
    private static final int LEVEL_WORDS = 4;
    private static final int MAX_LEVELS = 16;

    /// One level of the ladder: a vector of 2^m extension elements is committed as 2^laneBits lanes (the top
    /// variables) of 2^(m - laneBits) coefficients and then folded over the lanes.
    ///
    /// @param laneBits log2 of the number of lanes
    /// @param rateBits -log2 of the rate
    /// @param queries number of positions drawn in this level
    /// @param grindingBits work before that draw
    public record Level(int laneBits, int rateBits, int queries, int grindingBits) {
        public Level {
            if (laneBits < 1 || laneBits > 10) {
                throw new IllegalArgumentException("lane bits " + laneBits);
            }
            checkCode(rateBits, queries, grindingBits);
        }
    }

    public CommitmentParameters {
        levels = List.copyOf(levels);
        if (k < 6 || k > 24 || levels.size() > MAX_LEVELS) {
            throw new IllegalArgumentException("k = " + k + ", " + levels.size() + " levels");
        }
        checkCode(rateBits, queries, grindingBits);
        int clear = k - levels.stream().mapToInt(Level::laneBits).sum();
        if (clear < 4 || clear > 12) {
            throw new IllegalArgumentException("the ladder leaves 2^" + clear + " values in clear");
        }
        if (lookupGrindingBits < 0 || lookupGrindingBits > 40 || targetBits < 1 || targetBits > 128) {
            throw new IllegalArgumentException("lookup grinding " + lookupGrindingBits + ", target " + targetBits);
        }
    }

    private static void checkCode(int rateBits, int queries, int grindingBits) {
        if (rateBits < 1 || rateBits > 5 || queries < 1 || queries > 4096 || grindingBits < 0 || grindingBits > 40) {
            throw new IllegalArgumentException(
                    "rate 2^-" + rateBits + ", " + queries + " queries, " + grindingBits + " grinding bits");
        }
    }

    /// The standard parameters: 100 bits, 20 bits of grinding before every query draw, 16 before the lookups.
    ///
    /// @param k log2 of the row length, 6 to 24
    public static CommitmentParameters forKey(int k) {
        return of(k, 100, 20, 16);
    }

    /// Parameters with query counts from the unique decoding bound. Rates are 1/2 for the matrices, then 1/4, 1/8
    /// and 1/16 for all further levels; lanes are shared evenly between as few levels of at most 2^5 as reach the
    /// 2^6 clear values.
    ///
    /// @param k log2 of the row length, 6 to 24
    /// @param targetBits security of each query phase, grinding included
    /// @param grindingBits work before every query draw
    /// @param lookupGrindingBits work before the lookup challenge
    public static CommitmentParameters of(int k, int targetBits, int grindingBits, int lookupGrindingBits) {
        int fold = Math.max(0, k - CLEAR_BITS);
        int count = (fold + 4) / 5;
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int lanes = fold / count + (i < fold % count ? 1 : 0);
            int rate = Math.min(i + 2, 4);
            levels.add(new Level(lanes, rate, queriesFor(targetBits - grindingBits, rate), grindingBits));
        }
        return new CommitmentParameters(k, 1, queriesFor(targetBits - grindingBits, 1), grindingBits, levels,
                lookupGrindingBits, targetBits);
    }

    /// The least number of queries worth `bits` in the unique decoding regime: a query catches a bad word with
    /// probability at least (1 - rho)/2, so each is worth log2(2/(1 + rho)) bits.
    public static int queriesFor(int bits, int rateBits) {
        return Math.max(1, (int) Math.ceil(bits / SecurityAccount.bitsPerQuery(rateBits)));
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

    /// log2 of the number of values sent in clear.
    public int clearBits() {
        return coefficientBits(levels.size());
    }

    /// Low variables bound first by the batching sumcheck: 8, or k if smaller.
    public int headBits() {
        return MatrixLayout.minimumBits(k);
    }

    /// Canonical encoding: little-endian 32-bit words k, rateBits, queries, grindingBits, lookupGrindingBits,
    /// targetBits, number of levels, then laneBits, rateBits, queries, grindingBits of each level.
    public byte[] toBytes() {
        ByteBuffer b = ByteBuffer.allocate(4 * (HEADER_WORDS + LEVEL_WORDS * levels.size()))
                .order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(k).putInt(rateBits).putInt(queries).putInt(grindingBits).putInt(lookupGrindingBits)
                .putInt(targetBits).putInt(levels.size());
        for (Level l : levels) {
            b.putInt(l.laneBits()).putInt(l.rateBits()).putInt(l.queries()).putInt(l.grindingBits());
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
        int lookupGrinding = b.getInt();
        int target = b.getInt();
        int count = b.getInt();
        if (count < 0 || count > MAX_LEVELS || b.remaining() != 4 * LEVEL_WORDS * count) {
            throw new IllegalArgumentException("parameter block of " + bytes.length + " bytes, " + count + " levels");
        }
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            levels.add(new Level(b.getInt(), b.getInt(), b.getInt(), b.getInt()));
        }
        return new CommitmentParameters(k, rateBits, queries, grinding, levels, lookupGrinding, target);
    }
}
