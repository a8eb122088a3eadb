package dev.chagres.prove.file;

import dev.chagres.hash.Blake3;
import dev.chagres.hash.Blake3Compression;
import dev.chagres.kernel.HashKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The digest by which large files notice that a bit of them has changed: BLAKE3 of the BLAKE3 digests, one after another, of the
/// pieces of 2^16 bytes into which the content is cut; the last piece may be shorter, empty content has no piece.
///
/// Pieces are independent messages, sixteen of which fill the lanes of a vector. It tells accidents, not attacks: the root of the
/// committed weights is what a proof depends on.
public final class ContentDigest {
    /// Bytes of a digest.
    public static final int BYTES = Blake3Compression.DIGEST_BYTES;

    private static final int PIECE = 1 << 16;
    private static final int PIECES = 16;
    private static final int BLOCK = Blake3Compression.BLOCK_BYTES;
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private ContentDigest() {}

    /// The digest of a segment, on the calling thread.
    ///
    /// @param kernels the result does not depend on them
    public static byte[] of(HashKernels kernels, MemorySegment content) {
        Blake3 digests = new Blake3();
        long whole = content.byteSize() / PIECE * PIECE;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment lanes = arena.allocate((long) PIECE * PIECES, BLOCK);
            MemorySegment results = arena.allocate((long) BYTES * PIECES, BLOCK);
            for (long at = 0; at < whole; at += (long) PIECE * PIECES) {
                int pieces = (int) Math.min(PIECES, (whole - at) / PIECE);
                for (int i = 0; i < pieces; i++) {
                    spread(content.asSlice(at + (long) i * PIECE, PIECE), lanes, i);
                }
                kernels.hashColumns(results.address(), lanes.address(), (long) BLOCK * PIECES, PIECE / 4, 0, pieces);
                digests.update(results.toArray(ValueLayout.JAVA_BYTE), 0, BYTES * pieces);
            }
        }
        if (whole < content.byteSize()) {
            digests.update(Blake3.hash(content.asSlice(whole).toArray(ValueLayout.JAVA_BYTE)), 0, BYTES);
        }
        byte[] digest = new byte[BYTES];
        digests.finish(digest, 0, BYTES);
        return digest;
    }

    /// Block b of the piece goes to block `PIECES b + lane`, where the kernel looks for it.
    private static void spread(MemorySegment piece, MemorySegment lanes, int lane) {
        for (int block = 0; block < PIECE; block += BLOCK) {
            long to = (long) block * PIECES + (long) lane * BLOCK;
            for (int i = 0; i < BLOCK; i += 8) {
                lanes.set(WORD, to + i, piece.get(WORD, block + i));
            }
        }
    }
}
