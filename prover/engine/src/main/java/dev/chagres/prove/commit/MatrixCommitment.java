package dev.chagres.prove.commit;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MatrixLayout.Piece;
import dev.chagres.kernel.Memory;
import dev.chagres.kernel.MemoryScope;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.CommittedRows;
import dev.chagres.prove.stage.RowHasher;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.store.Buffer;
import dev.chagres.tensor.Column;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// A committed matrix: its layout and the Merkle tree over its encoded rows, which are made again when columns are
/// opened. Owns the memory or mapping of the tree until closed; the values stay with their source.
public final class MatrixCommitment implements AutoCloseable {
    private static final long WRITE_CHUNK = 1 << 26;

    private final MatrixLayout layout;
    private final CodewordMatrix codeword;
    /// Of the memory or mapping of the tree; null in a view.
    private final Runnable release;

    private MatrixCommitment(MatrixLayout layout, CodewordMatrix codeword, Runnable release) {
        this.layout = layout;
        this.codeword = codeword;
        this.release = release;
    }

    /// Encodes and hashes all rows of the layout. Memory: [#storedBytes(CommitmentParameters)] for the result, plus
    /// about 16 codewords and a few digests a column while it runs.
    ///
    /// @param parameters row length and rate
    /// @param layout where the columns lie
    /// @param source the values of its columns; read again when columns are opened
    /// @param host encodes and hashes
    public static MatrixCommitment commit(CommitmentParameters parameters, MatrixLayout layout, TileSource source,
            Host host) {
        return commit(parameters, layout, source, host, () -> {});
    }

    /// @param each called [#steps(MatrixLayout)] times while the rows are encoded
    public static MatrixCommitment commit(CommitmentParameters parameters, MatrixLayout layout, TileSource source,
            Host host, Runnable each) {
        return commit(parameters, layout, hasher(parameters, layout, source, host), host, each);
    }

    /// Number of steps in which the rows of a layout are encoded.
    public static int steps(MatrixLayout layout) {
        return (layout.rows() + RowHasher.BLOCK_ROWS - 1) / RowHasher.BLOCK_ROWS;
    }

    /// @param encoder makes the rows; one that makes no codewords is for tests that play a cheating prover
    static MatrixCommitment commit(CommitmentParameters parameters, MatrixLayout layout, RowEncoder encoder,
            Host host) {
        check(parameters, layout);
        return commit(parameters, layout,
                new ChunkHasher(encoder, layout.rows(), parameters.k(), parameters.codeBits(0), host), host, () -> {});
    }

    private static MatrixCommitment commit(CommitmentParameters parameters, MatrixLayout layout,
            RowHasher hasher, Host host, Runnable each) {
        try (Buffer chaining = hasher.all(each)) {
            return of(parameters, layout, hasher, chaining, host);
        }
    }

    /// What encodes and hashes the rows of a layout, chunk by chunk, for [#of].
    public static RowHasher hasher(CommitmentParameters parameters, MatrixLayout layout, TileSource source, Host host) {
        check(parameters, layout);
        return host.stages().rows(layout, source, parameters.codeBits(0));
    }

    /// The commitment to rows that have been hashed.
    ///
    /// @param chaining the chaining values of all columns after all rows
    /// @param host owns the memory of the tree
    public static MatrixCommitment of(CommitmentParameters parameters, MatrixLayout layout, RowHasher hasher,
            Buffer chaining, Host host) {
        MemoryScope scope = host.scope();
        try {
            MerkleTree tree = new MerkleTree(
                    scope.segment(storedBytes(parameters)), parameters.codeBits(0));
            hasher.tree(chaining, tree.region());
            return new MatrixCommitment(layout, new CodewordMatrix(hasher, tree, host), scope::close);
        } catch (RuntimeException | Error e) {
            scope.close();
            throw e;
        }
    }

    /// The honest rows of a layout.
    static RowEncoder encoder(CommitmentParameters parameters, MatrixLayout layout, TileSource source, Host host) {
        return RowEncoder.of(layout, source, host.kernels(), parameters.codeBits(0));
    }

    private static void check(CommitmentParameters parameters, MatrixLayout layout) {
        if (parameters.k() != layout.k()) {
            throw new IllegalArgumentException("layout rows 2^" + layout.k() + ", parameters 2^" + parameters.k());
        }
    }

    /// Bytes that [#writeTo(FileChannel, long)] writes; a multiple of 64.
    public static long storedBytes(CommitmentParameters parameters) {
        return MerkleTree.bytes(parameters.codeBits(0));
    }

    /// Writes the tree to a region of a file.
    ///
    /// @param position first byte, a multiple of 64
    /// @return bytes written
    public long writeTo(FileChannel channel, long position) throws IOException {
        MemorySegment region = codeword.tree().region();
        for (long done = 0; done < region.byteSize();) {
            long size = Math.min(WRITE_CHUNK, region.byteSize() - done);
            ByteBuffer chunk = region.asSlice(done, size).asByteBuffer();
            while (chunk.hasRemaining()) {
                done += channel.write(chunk, position + done);
            }
        }
        return region.byteSize();
    }

    /// A commitment written by [#writeTo(FileChannel, long)]. Nothing is recomputed: the caller compares [#root()] with
    /// the root it trusts. The memory stays the caller's.
    ///
    /// @param source the committed values
    /// @param region [#storedBytes(CommitmentParameters)] bytes, at a multiple of 64
    public static MatrixCommitment open(CommitmentParameters parameters, MatrixLayout layout,
            TileSource source, Host host, MemorySegment region) {
        CodewordMatrix codeword = new CodewordMatrix(hasher(parameters, layout, source, host),
                new MerkleTree(region, parameters.codeBits(0)), host);
        return new MatrixCommitment(layout, codeword, null);
    }

    /// The root of what [#writeTo(FileChannel, long)] has written.
    public static byte[] root(CommitmentParameters parameters, MemorySegment region) {
        return new MerkleTree(region, parameters.codeBits(0)).root();
    }

    /// The same commitment for the same columns of another graph, which are other objects. The view lives as long as
    /// this commitment, which still owns the memory.
    ///
    /// @throws IllegalArgumentException if the layouts differ
    public MatrixCommitment view(MatrixLayout other) {
        List<Piece> mine = layout.pieces();
        List<Piece> theirs = other.pieces();
        Map<Column, Integer> index = positions(layout);
        Map<Column, Integer> theirIndex = positions(other);
        boolean same = layout.k() == other.k() && mine.size() == theirs.size();
        for (int i = 0; same && i < mine.size(); i++) {
            Piece a = mine.get(i);
            Piece b = theirs.get(i);
            same = index.get(a.column()).equals(theirIndex.get(b.column())) && a.tile() == b.tile()
                    && a.part() == b.part()
                    && a.bits() == b.bits() && a.address() == b.address();
        }
        if (!same) {
            throw new IllegalArgumentException("the layouts of the two graphs differ");
        }
        return new MatrixCommitment(other, codeword, null);
    }

    private static Map<Column, Integer> positions(MatrixLayout layout) {
        Map<Column, Integer> positions = new IdentityHashMap<>();
        layout.columns().forEach(c -> positions.put(c, positions.size()));
        return positions;
    }

    public MatrixLayout layout() {
        return layout;
    }

    /// The Merkle root, 28 bytes.
    public byte[] root() {
        return codeword.root();
    }

    /// The rows under the tree.
    public CommittedRows rows() {
        return codeword;
    }

    CodewordMatrix codeword() {
        return codeword;
    }

    /// Frees the memory or mapping of the tree.
    @Override
    public void close() {
        if (release != null) {
            release.run();
        }
    }
}
