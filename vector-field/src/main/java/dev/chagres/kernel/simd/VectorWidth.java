package dev.chagres.kernel.simd;

import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The vector width of the FFT and hash kernels: the machine's preferred one, or the system property
/// `chagres.vector.bits` (128, 256 or 512), read once.
final class VectorWidth {
    static final VectorSpecies<Integer> INTS = choose();
    static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, INTS.vectorShape());
    /// 32-bit lanes: 4, 8 or 16.
    static final int LANES = INTS.length();
    static final int LOG_LANES = Integer.numberOfTrailingZeros(LANES);
    static final int BYTES = 4 * LANES;

    private VectorWidth() {}

    private static VectorSpecies<Integer> choose() {
        int bits = Integer.getInteger("chagres.vector.bits", IntVector.SPECIES_PREFERRED.vectorBitSize());
        return switch (bits) {
            case 128, 256, 512 -> VectorSpecies.of(int.class, VectorShape.forBitSize(bits));
            default -> throw new IllegalStateException(
                    "vector kernels need 128, 256 or 512 bit vectors, not " + bits + " (system property chagres.vector.bits)");
        };
    }
}
