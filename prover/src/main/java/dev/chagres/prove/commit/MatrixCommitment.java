package dev.chagres.prove.commit;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.kernel.Backends;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A committed matrix: its layout, the encoded rows and the Merkle tree. Owns its memory or mapping until closed.
public final class MatrixCommitment implements AutoCloseable {
    private static final long WRITE_CHUNK = 1 << 26;

    private final MatrixLayout layout;
    private final CodewordMatrix codeword;
    private final Arena arena;

    private MatrixCommitment(MatrixLayout layout, CodewordMatrix codeword, Arena arena) {
        this.layout = layout;
        this.codeword = codeword;
        this.arena = arena;
    }

    /// Encodes and hashes all rows of the layout. Memory: [#storedBytes(CommitmentParameters, MatrixLayout)] for the
    /// result, plus about 36 rows while it runs.
    ///
    /// @param parameters row length and rate
    /// @param layout where the columns lie
    /// @param source the values of its columns
    /// @param threads number of threads
    /// @param spillFolder folder for a temporary file (removed at once, its space is free after [#close()]), or null
    ///     to keep the codewords in memory
    public static MatrixCommitment commit(CommitmentParameters parameters, MatrixLayout layout, TileSource source,
            int threads, Path spillFolder) {
        check(parameters, layout);
        Arena arena = Arena.ofShared();
        try {
            long bytes = storedBytes(parameters, layout);
            MemorySegment region = spillFolder == null ? arena.allocate(bytes, 64) : spill(arena, spillFolder, bytes);
            CodewordMatrix codeword = new CodewordMatrix(region, layout.rows(), parameters.codeBits(0));
            PieceReader reader = new PieceReader(source);
            long slotMask = (1L << layout.k()) - 1;
            codeword.build(Backends.current(), new Parallel(threads), parameters.k(), (worker, row, dst) -> {
                for (Piece p : layout.row(row)) {
                    reader.read(p, dst + 4 * (p.address() & slotMask));
                }
            });
            return new MatrixCommitment(layout, codeword, arena);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private static MemorySegment spill(Arena arena, Path folder, long bytes) {
        try {
            Path file = Files.createTempFile(folder, "codeword", ".tmp");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return channel.map(MapMode.READ_WRITE, 0, bytes, arena);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("spilling codewords to " + folder, e);
        }
    }

    private static void check(CommitmentParameters parameters, MatrixLayout layout) {
        if (parameters.k() != layout.k()) {
            throw new IllegalArgumentException("layout rows 2^" + layout.k() + ", parameters 2^" + parameters.k());
        }
    }

    /// Bytes that [#writeTo(FileChannel, long)] writes; a multiple of 64.
    public static long storedBytes(CommitmentParameters parameters, MatrixLayout layout) {
        return CodewordMatrix.bytes(layout.rows(), parameters.codeBits(0));
    }

    /// Writes tree and codewords to a region of a file.
    ///
    /// @param position first byte, a multiple of 64
    /// @return bytes written
    public long writeTo(FileChannel channel, long position) throws IOException {
        MemorySegment region = codeword.region();
        for (long done = 0; done < region.byteSize();) {
            long size = Math.min(WRITE_CHUNK, region.byteSize() - done);
            ByteBuffer chunk = region.asSlice(done, size).asByteBuffer();
            while (chunk.hasRemaining()) {
                done += channel.write(chunk, position + done);
            }
        }
        return region.byteSize();
    }

    /// Maps a commitment written by [#writeTo(FileChannel, long)]. Nothing is recomputed: the caller compares
    /// [#root()] with the root it trusts.
    ///
    /// @param position first byte, a multiple of 64
    /// @throws IOException if the file is too short
    public static MatrixCommitment open(CommitmentParameters parameters, MatrixLayout layout, FileChannel channel,
            long position) throws IOException {
        check(parameters, layout);
        long bytes = storedBytes(parameters, layout);
        if (channel.size() < position + bytes) {
            throw new IOException("a commitment of " + bytes + " bytes does not fit a file of " + channel.size());
        }
        Arena arena = Arena.ofShared();
        try {
            MemorySegment region = channel.map(MapMode.READ_ONLY, position, bytes, arena);
            return new MatrixCommitment(layout, new CodewordMatrix(region, layout.rows(), parameters.codeBits(0)), arena);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /// The same commitment for the same columns of another graph, which are other objects. The view lives as long as this
    /// commitment, which still owns the memory.
    ///
    /// @throws IllegalArgumentException if the layouts differ
    public MatrixCommitment view(MatrixLayout other) {
        List<Piece> mine = layout.pieces();
        List<Piece> theirs = other.pieces();
        boolean same = layout.k() == other.k() && mine.size() == theirs.size();
        for (int i = 0; same && i < mine.size(); i++) {
            Piece a = mine.get(i);
            Piece b = theirs.get(i);
            same = a.column().name().equals(b.column().name()) && a.tile() == b.tile() && a.part() == b.part()
                    && a.bits() == b.bits() && a.address() == b.address();
        }
        if (!same) {
            throw new IllegalArgumentException("the layouts of the two graphs differ");
        }
        return new MatrixCommitment(other, codeword, null);
    }

    public MatrixLayout layout() {
        return layout;
    }

    /// The Merkle root, 32 bytes.
    public byte[] root() {
        return codeword.root();
    }

    CodewordMatrix codeword() {
        return codeword;
    }

    /// Frees the memory or mapping.
    @Override
    public void close() {
        arena.close();
    }
}
