package dev.chagres.kernel.simd;

import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;

import dev.chagres.hash.Blake3Compression;
import dev.chagres.kernel.Memory;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// The compression function of BLAKE3 (section 2.2 of the paper, scalar twin [Blake3Compression]) with one message
/// in each lane.
///
/// The seven rounds are a loop whose body is written out; between rounds the sixteen message words change names,
/// so that nothing is indexed. 32 vectors are live, exactly the registers of AVX-512.
final class Blake3Lanes {
    private static final VectorSpecies<Integer> I = Lanes.I;
    private static final ByteOrder LE = ByteOrder.LITTLE_ENDIAN;
    private static final long W = Lanes.BYTES;
    /// Bytes of the sixteen message words of one group of lanes.
    static final long MESSAGE = 16 * W;
    /// Bytes of the eight chaining words of one group of lanes.
    static final long CV = 8 * W;

    private Blake3Lanes() {}

    /// Sets the chaining values of `groups` groups to the initial one.
    static void init(long cv, long groups) {
        for (long g = 0; g < groups; g++) {
            for (int i = 0; i < 8; i++) {
                IntVector.broadcast(I, Blake3Compression.iv(i)).intoMemorySegment(Memory.ALL, cv + g * CV + i * W, LE);
            }
        }
    }

    /// One message word of every lane of `groups` groups: group g takes the vector at `src + g * BYTES`.
    static void loadWord(long words, long src, long groups) {
        long at = words;
        for (long from = src, end = src + groups * W; from != end; from += W, at += MESSAGE) {
            IntVector.fromMemorySegment(I, Memory.ALL, from, LE).intoMemorySegment(Memory.ALL, at, LE);
        }
    }

    /// Compresses one block of every lane of `groups` groups into the chaining values.
    ///
    /// @param cv chaining values, [#CV] bytes a group, replaced
    /// @param words transposed message blocks, [#MESSAGE] bytes a group
    /// @param counter chunk number, 0 for parents
    /// @param blockLength bytes of the block that are message
    static void compress(long cv, long words, long groups, long counter, int blockLength, int flags) {
        IntVector counterLow = IntVector.broadcast(I, (int) counter);
        IntVector counterHigh = IntVector.broadcast(I, (int) (counter >>> 32));
        IntVector length = IntVector.broadcast(I, blockLength);
        IntVector flag = IntVector.broadcast(I, flags);
        for (long g = 0; g != groups; g++) {
            long at = cv + g * CV & Lanes.ADDRESS;
            long m = words + g * MESSAGE & Lanes.ADDRESS;
            IntVector m0 = IntVector.fromMemorySegment(I, Memory.ALL, m, LE);
            IntVector m1 = IntVector.fromMemorySegment(I, Memory.ALL, m + 1 * W, LE);
            IntVector m2 = IntVector.fromMemorySegment(I, Memory.ALL, m + 2 * W, LE);
            IntVector m3 = IntVector.fromMemorySegment(I, Memory.ALL, m + 3 * W, LE);
            IntVector m4 = IntVector.fromMemorySegment(I, Memory.ALL, m + 4 * W, LE);
            IntVector m5 = IntVector.fromMemorySegment(I, Memory.ALL, m + 5 * W, LE);
            IntVector m6 = IntVector.fromMemorySegment(I, Memory.ALL, m + 6 * W, LE);
            IntVector m7 = IntVector.fromMemorySegment(I, Memory.ALL, m + 7 * W, LE);
            IntVector m8 = IntVector.fromMemorySegment(I, Memory.ALL, m + 8 * W, LE);
            IntVector m9 = IntVector.fromMemorySegment(I, Memory.ALL, m + 9 * W, LE);
            IntVector m10 = IntVector.fromMemorySegment(I, Memory.ALL, m + 10 * W, LE);
            IntVector m11 = IntVector.fromMemorySegment(I, Memory.ALL, m + 11 * W, LE);
            IntVector m12 = IntVector.fromMemorySegment(I, Memory.ALL, m + 12 * W, LE);
            IntVector m13 = IntVector.fromMemorySegment(I, Memory.ALL, m + 13 * W, LE);
            IntVector m14 = IntVector.fromMemorySegment(I, Memory.ALL, m + 14 * W, LE);
            IntVector m15 = IntVector.fromMemorySegment(I, Memory.ALL, m + 15 * W, LE);
            IntVector v0 = IntVector.fromMemorySegment(I, Memory.ALL, at, LE);
            IntVector v1 = IntVector.fromMemorySegment(I, Memory.ALL, at + 1 * W, LE);
            IntVector v2 = IntVector.fromMemorySegment(I, Memory.ALL, at + 2 * W, LE);
            IntVector v3 = IntVector.fromMemorySegment(I, Memory.ALL, at + 3 * W, LE);
            IntVector v4 = IntVector.fromMemorySegment(I, Memory.ALL, at + 4 * W, LE);
            IntVector v5 = IntVector.fromMemorySegment(I, Memory.ALL, at + 5 * W, LE);
            IntVector v6 = IntVector.fromMemorySegment(I, Memory.ALL, at + 6 * W, LE);
            IntVector v7 = IntVector.fromMemorySegment(I, Memory.ALL, at + 7 * W, LE);
            IntVector v8 = IntVector.broadcast(I, Blake3Compression.iv(0));
            IntVector v9 = IntVector.broadcast(I, Blake3Compression.iv(1));
            IntVector v10 = IntVector.broadcast(I, Blake3Compression.iv(2));
            IntVector v11 = IntVector.broadcast(I, Blake3Compression.iv(3));
            IntVector v12 = counterLow;
            IntVector v13 = counterHigh;
            IntVector v14 = length;
            IntVector v15 = flag;
            for (int round = 0; round < 7; round++) {
                // columns
                v0 = v0.add(v4).add(m0);
                v1 = v1.add(v5).add(m2);
                v2 = v2.add(v6).add(m4);
                v3 = v3.add(v7).add(m6);
                v12 = v12.lanewise(XOR, v0).lanewise(ROR, 16);
                v13 = v13.lanewise(XOR, v1).lanewise(ROR, 16);
                v14 = v14.lanewise(XOR, v2).lanewise(ROR, 16);
                v15 = v15.lanewise(XOR, v3).lanewise(ROR, 16);
                v8 = v8.add(v12);
                v9 = v9.add(v13);
                v10 = v10.add(v14);
                v11 = v11.add(v15);
                v4 = v4.lanewise(XOR, v8).lanewise(ROR, 12);
                v5 = v5.lanewise(XOR, v9).lanewise(ROR, 12);
                v6 = v6.lanewise(XOR, v10).lanewise(ROR, 12);
                v7 = v7.lanewise(XOR, v11).lanewise(ROR, 12);
                v0 = v0.add(v4).add(m1);
                v1 = v1.add(v5).add(m3);
                v2 = v2.add(v6).add(m5);
                v3 = v3.add(v7).add(m7);
                v12 = v12.lanewise(XOR, v0).lanewise(ROR, 8);
                v13 = v13.lanewise(XOR, v1).lanewise(ROR, 8);
                v14 = v14.lanewise(XOR, v2).lanewise(ROR, 8);
                v15 = v15.lanewise(XOR, v3).lanewise(ROR, 8);
                v8 = v8.add(v12);
                v9 = v9.add(v13);
                v10 = v10.add(v14);
                v11 = v11.add(v15);
                v4 = v4.lanewise(XOR, v8).lanewise(ROR, 7);
                v5 = v5.lanewise(XOR, v9).lanewise(ROR, 7);
                v6 = v6.lanewise(XOR, v10).lanewise(ROR, 7);
                v7 = v7.lanewise(XOR, v11).lanewise(ROR, 7);
                // diagonals
                v0 = v0.add(v5).add(m8);
                v1 = v1.add(v6).add(m10);
                v2 = v2.add(v7).add(m12);
                v3 = v3.add(v4).add(m14);
                v15 = v15.lanewise(XOR, v0).lanewise(ROR, 16);
                v12 = v12.lanewise(XOR, v1).lanewise(ROR, 16);
                v13 = v13.lanewise(XOR, v2).lanewise(ROR, 16);
                v14 = v14.lanewise(XOR, v3).lanewise(ROR, 16);
                v10 = v10.add(v15);
                v11 = v11.add(v12);
                v8 = v8.add(v13);
                v9 = v9.add(v14);
                v5 = v5.lanewise(XOR, v10).lanewise(ROR, 12);
                v6 = v6.lanewise(XOR, v11).lanewise(ROR, 12);
                v7 = v7.lanewise(XOR, v8).lanewise(ROR, 12);
                v4 = v4.lanewise(XOR, v9).lanewise(ROR, 12);
                v0 = v0.add(v5).add(m9);
                v1 = v1.add(v6).add(m11);
                v2 = v2.add(v7).add(m13);
                v3 = v3.add(v4).add(m15);
                v15 = v15.lanewise(XOR, v0).lanewise(ROR, 8);
                v12 = v12.lanewise(XOR, v1).lanewise(ROR, 8);
                v13 = v13.lanewise(XOR, v2).lanewise(ROR, 8);
                v14 = v14.lanewise(XOR, v3).lanewise(ROR, 8);
                v10 = v10.add(v15);
                v11 = v11.add(v12);
                v8 = v8.add(v13);
                v9 = v9.add(v14);
                v5 = v5.lanewise(XOR, v10).lanewise(ROR, 7);
                v6 = v6.lanewise(XOR, v11).lanewise(ROR, 7);
                v7 = v7.lanewise(XOR, v8).lanewise(ROR, 7);
                v4 = v4.lanewise(XOR, v9).lanewise(ROR, 7);
                // the message permutation, cycle by cycle
                IntVector t0 = m0;
                m0 = m2;
                m2 = m3;
                m3 = m10;
                m10 = m12;
                m12 = m9;
                m9 = m11;
                m11 = m5;
                m5 = t0;
                IntVector t1 = m1;
                m1 = m6;
                m6 = m4;
                m4 = m7;
                m7 = m13;
                m13 = m14;
                m14 = m15;
                m15 = m8;
                m8 = t1;
            }
            v0.lanewise(XOR, v8).intoMemorySegment(Memory.ALL, at, LE);
            v1.lanewise(XOR, v9).intoMemorySegment(Memory.ALL, at + 1 * W, LE);
            v2.lanewise(XOR, v10).intoMemorySegment(Memory.ALL, at + 2 * W, LE);
            v3.lanewise(XOR, v11).intoMemorySegment(Memory.ALL, at + 3 * W, LE);
            v4.lanewise(XOR, v12).intoMemorySegment(Memory.ALL, at + 4 * W, LE);
            v5.lanewise(XOR, v13).intoMemorySegment(Memory.ALL, at + 5 * W, LE);
            v6.lanewise(XOR, v14).intoMemorySegment(Memory.ALL, at + 6 * W, LE);
            v7.lanewise(XOR, v15).intoMemorySegment(Memory.ALL, at + 7 * W, LE);
        }
    }
}
