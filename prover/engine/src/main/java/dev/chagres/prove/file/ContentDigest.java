package dev.chagres.prove.file;

import dev.chagres.hash.Blake3;
import dev.chagres.hash.Blake3Compression;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The digest by which large files notice that a bit of them has changed: BLAKE3 of their content, as `b3sum` prints
/// it. It tells accidents, not attacks: the root of the committed weights is what a proof depends on.
///
/// Scalar code, since files are read once in a process: the vector kernels, which hash sixteen messages at a time, take
/// longer to get compiled than this takes for a file of 256 MiB.
public final class ContentDigest {
    /// Bytes of a digest.
    public static final int BYTES = Blake3Compression.DIGEST_BYTES;

    private static final int CHUNK = 1 << 16;

    private ContentDigest() {}

    /// The digest of a segment, on the calling thread.
    public static byte[] of(MemorySegment content) {
        Blake3 hash = new Blake3();
        byte[] chunk = new byte[CHUNK];
        for (long at = 0; at < content.byteSize(); at += CHUNK) {
            int bytes = (int) Math.min(CHUNK, content.byteSize() - at);
            MemorySegment.copy(content, ValueLayout.JAVA_BYTE, at, chunk, 0, bytes);
            hash.update(chunk, 0, bytes);
        }
        byte[] digest = new byte[BYTES];
        hash.finish(digest, 0, BYTES);
        return digest;
    }
}
