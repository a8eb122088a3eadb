package dev.chagres.kernel.simd;

import dev.chagres.kernel.CircleTwiddles;

/// Where the elements of a chunk of two vectors are while [FftTail] works on it: index vectors for `selectFrom`.
///
/// With v lanes a chunk has 2v elements, and a place in it has log2(v) + 1 bits: the top one says which of the
/// two vectors, the others which lane. A butterfly between the vectors acts on the top bit. So before layer
/// i < log2(v) the top bit of the place is exchanged with bit i: then elements that differ in bit i of their
/// position face each other. After layer 0 all positions stand in a known order, and one last selection
/// restores the natural one. An exchange is its own inverse, so the transposed transform uses the same ones.
final class FftLanes {
    private static final int LANES = Lanes.COUNT;
    private static final int LOG_LANES = Integer.numberOfTrailingZeros(LANES);
    private static final int LAYERS = 4;

    /// First and second vector after exchanging the top bit of the place with bit i.
    static final int[][] LOW = new int[LAYERS][LANES];
    static final int[][] HIGH = new int[LAYERS][LANES];
    /// For layer i >= 1, the index of each lane's twiddle among the twiddles of the chunk; for layer 0 the index
    /// among the abscissas of layer 1 (first vector) and their negatives (second vector).
    static final int[][] TWIDDLE = new int[LAYERS][LANES];
    /// From the places after layer 0 to natural positions.
    static final int[] STORE_FIRST = new int[LANES];
    static final int[] STORE_SECOND = new int[LANES];
    /// From natural positions to the places after layer 0.
    static final int[] LOAD_FIRST = new int[LANES];
    static final int[] LOAD_SECOND = new int[LANES];

    static {
        int[] position = new int[2 * LANES];
        for (int place = 0; place < 2 * LANES; place++) {
            position[place] = place;
        }
        for (int i = LOG_LANES - 1; i >= 0; i--) {
            int[] moved = new int[2 * LANES];
            for (int lane = 0; lane < LANES; lane++) {
                int top = lane >> i & 1;
                LOW[i][lane] = top * LANES + (lane & ~(1 << i));
                HIGH[i][lane] = top * LANES + (lane | 1 << i);
                moved[lane] = position[LOW[i][lane]];
                moved[LANES + lane] = position[HIGH[i][lane]];
            }
            position = moved;
            for (int lane = 0; lane < LANES; lane++) {
                int block = position[lane] >> (i + 1);
                TWIDDLE[i][lane] = i > 0 ? block : ordinate(block);
            }
        }
        for (int place = 0; place < 2 * LANES; place++) {
            int at = position[place];
            (at < LANES ? STORE_FIRST : STORE_SECOND)[at % LANES] = place;
            (place < LANES ? LOAD_FIRST : LOAD_SECOND)[place % LANES] = at;
        }
    }

    private FftLanes() {}

    private static int ordinate(int block) {
        boolean negative = CircleTwiddles.negatedOrdinate(block & 3) != CircleTwiddles.QUARTER_TURN_NEGATIVE;
        return (int) CircleTwiddles.abscissaOfOrdinate(block) + (negative ? LANES : 0);
    }
}
