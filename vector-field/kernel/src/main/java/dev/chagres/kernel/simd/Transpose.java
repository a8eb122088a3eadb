package dev.chagres.kernel.simd;

/// Transposes of 32-bit words by exchanging one bit of the vector's number with one bit of the lane at a time;
/// log2(n) exchanges transpose an n x n square.
final class Transpose {
    private static final int LANES = Lanes.COUNT;
    private static final int LOG_LANES = Integer.numberOfTrailingZeros(LANES);

    /// Index vectors for `selectFrom`: of two vectors whose numbers differ in one bit, the ones with that bit 0 and 1
    /// after it has been exchanged with bit i of the lane.
    static final int[][] LOW = new int[4][LANES];
    static final int[][] HIGH = new int[4][LANES];
    /// Lane l0 w2 w1 w0 (bits) takes lane w2 w1 w0 l0.
    static final int[] ROTATE = new int[LANES];

    static {
        for (int lane = 0; lane < LANES; lane++) {
            for (int i = 0; i < LOG_LANES; i++) {
                int vector = lane >> i & 1;
                LOW[i][lane] = vector * LANES + (lane & ~(1 << i));
                HIGH[i][lane] = vector * LANES + (lane | 1 << i);
            }
            ROTATE[lane] = (lane << 1 | lane >> (LOG_LANES - 1)) % LANES;
        }
    }

    private Transpose() {}

    /// Messages to words: `columns` has one 64-byte block for each lane, at distance `stride`, which may be less; word
    /// w of all lanes goes to `words + 4 * LANES * w`.
    static void load(long words, long columns, long stride) {
        if (LANES == 16) {
            TransposeLoops.square16(words, columns, stride);
        } else if (LANES == 8) {
            TransposeLoops.square8(words, columns, stride);
            TransposeLoops.square8(words + 8 * 32, columns + 32, stride);
        } else {
            for (int w = 0; w < 16; w += 4) {
                TransposeLoops.square4(words + w * 16, 16, columns + 4 * w, stride);
            }
        }
    }

    /// Chaining values to digests: eight vectors of words to one 32-byte digest for each lane.
    static void store(long digests, long words) {
        if (LANES == 16) {
            TransposeLoops.digests16(digests, words);
        } else if (LANES == 8) {
            TransposeLoops.square8(digests, words, 32);
        } else {
            TransposeLoops.square4(digests, 32, words, 16);
            TransposeLoops.square4(digests + 16, 32, words + 64, 16);
        }
    }
}
