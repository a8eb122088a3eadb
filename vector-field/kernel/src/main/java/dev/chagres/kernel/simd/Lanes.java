package dev.chagres.kernel.simd;

import dev.chagres.kernel.Memory;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Locale;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorSpecies;

/// The vector width of this process and the constants every loop shares.
///
/// All are `static final`: C2 turns Vector API calls into instructions only when the species is a constant.
/// Blocks stay 16 elements at every width; narrower vectors walk through a block in steps of [#BYTES].
final class Lanes {
    /// System property that forces the width: 128, 256 or 512.
    static final String BITS_PROPERTY = "chagres.vector.bits";

    static final int BITS = chooseBits(System.getProperty(BITS_PROPERTY), IntVector.SPECIES_PREFERRED.vectorBitSize());

    static final VectorSpecies<Integer> I = switch (BITS) {
        case 512 -> IntVector.SPECIES_512;
        case 256 -> IntVector.SPECIES_256;
        default -> IntVector.SPECIES_128;
    };

    static final VectorSpecies<Long> L = switch (BITS) {
        case 512 -> LongVector.SPECIES_512;
        case 256 -> LongVector.SPECIES_256;
        default -> LongVector.SPECIES_128;
    };

    static final VectorSpecies<Double> D = switch (BITS) {
        case 512 -> DoubleVector.SPECIES_512;
        case 256 -> DoubleVector.SPECIES_256;
        default -> DoubleVector.SPECIES_128;
    };

    /// As many 32-bit lanes as [#D] has 64-bit ones.
    static final VectorSpecies<Integer> H = switch (BITS) {
        case 512 -> IntVector.SPECIES_256;
        case 256 -> IntVector.SPECIES_128;
        default -> IntVector.SPECIES_64;
    };

    /// As many 16-bit lanes as [#I] has 32-bit ones.
    static final VectorSpecies<Short> S = switch (BITS) {
        case 512 -> ShortVector.SPECIES_256;
        case 256 -> ShortVector.SPECIES_128;
        default -> ShortVector.SPECIES_64;
    };

    /// As many 16-bit lanes as [#D] has 64-bit ones, at 256 and 512 bits. At 128 bits there are twice as many: the API
    /// has no 32-bit vector.
    static final VectorSpecies<Short> Q = BITS == 512 ? ShortVector.SPECIES_128 : ShortVector.SPECIES_64;

    /// As many 8-bit lanes as [#I] has 32-bit ones, at 256 and 512 bits. The API has no 32-bit vector: at 128 bits
    /// there are twice as many, and whoever uses them must take half.
    static final VectorSpecies<Byte> B = BITS == 512 ? ByteVector.SPECIES_128 : ByteVector.SPECIES_64;

    /// Bytes of one vector.
    static final int BYTES = BITS / 8;

    /// Elements in one vector.
    static final int COUNT = BITS / 32;

    /// Doubles in one vector.
    static final int DOUBLES = BITS / 64;

    /// Bytes of sixteen base elements, or of one coordinate in a block.
    static final int BLOCK_BYTES = 64;

    /// Blocks in one call of a generated loop.
    static final int CALL_BLOCKS = 16;

    /// Bytes of one operand in one call of a pass of the FFT. Calls are short so that the compiler sees many of them
    /// rather than a long loop, which it would compile twice, once to enter it in the middle.
    static final long CALL_BYTES = 32L * BYTES;

    /// Bytes of one ext block.
    static final int EXT_BLOCK_BYTES = 256;

    /// [Memory#ALL], repeated here so that generated code names one class only.
    static final MemorySegment ALL = Memory.ALL;

    static final ByteOrder ORDER = ByteOrder.nativeOrder();

    /// Bits of an address, and of an offset that is added to one. No real address or offset has more, so that the masks
    /// change nothing; but C2 then knows that their sum is inside [#ALL], and leaves out the bounds check of every
    /// vector access: an addition, a comparison and a branch, on ports that the vectors need.
    static final long ADDRESS = (1L << 62) - 1;

    static final long OFFSET = (1L << 58) - 1;

    /// Whether one instruction (`vpermi2d`) selects any words of two vectors. Elsewhere merging by shifts is shorter.
    static final boolean TABLES = BITS == 512;

    /// Selections from two vectors: word 2 k of the first into lane 2 k, that of the second into lane 2 k + 1.
    static final int[] EVEN_WORDS = words(0);

    /// Word 2 k + 1 of the first into lane 2 k, that of the second into lane 2 k + 1.
    static final int[] ODD_WORDS = words(1);

    private Lanes() {}

    private static int[] words(int odd) {
        int[] words = new int[COUNT];
        for (int lane = 0; lane < COUNT; lane++) {
            words[lane] = (lane & ~1) + odd + (lane & 1) * COUNT;
        }
        return words;
    }

    static int chooseBits(String forced, int preferred) {
        if (forced == null) {
            return Math.clamp(Integer.highestOneBit(preferred), 128, 512);
        }
        return switch (forced.strip().toLowerCase(Locale.ROOT)) {
            case "128" -> 128;
            case "256" -> 256;
            case "512" -> 512;
            default -> throw new IllegalArgumentException(
                    "system property " + BITS_PROPERTY + " is '" + forced + "'; use 128, 256 or 512");
        };
    }
}
