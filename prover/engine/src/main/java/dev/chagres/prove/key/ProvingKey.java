package dev.chagres.prove.key;

import dev.chagres.commit.MatrixLayout;
import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.file.ContentDigest;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.prove.store.Epoch;
import dev.chagres.tensor.Column;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// A mapped `.pk` file: the verifying key, the key columns in the layout of the graph, and their commitment
/// (docs/formats.md). Tensors and the tree are used where they are mapped; codewords are made when they are
/// opened.
///
/// Opening checks the header and that the tree has the root of the verifying key, and reads nothing else: a key can
/// have gigabytes. Whether the rest is what setup wrote is told by [#check()], which [dev.chagres.prove.Prover] calls
/// when it makes a proof that does not verify: a changed bit can spoil a proof, never make one of something false.
public final class ProvingKey implements KeyData {
    private final Path file;
    private final VerifyingKey verifyingKey;
    private final Arena arena;
    private final Epoch epoch;
    private final List<HostTensor> tensors;
    private final MatrixLayout layout;
    private final TileSource source;
    private final KeyPages pages;
    private final MemorySegment tree;
    private final MemorySegment content;
    private final byte[] digest;
    private final long bytes;

    private ProvingKey(Path file, KeyFile.Header header, Arena arena, Epoch epoch, List<HostTensor> tensors,
            MatrixLayout layout, TileSource source, KeyPages pages, MemorySegment tree, MemorySegment content,
            long bytes) {
        this.file = file;
        this.verifyingKey = header.key();
        this.digest = header.content();
        this.content = content;
        this.arena = arena;
        this.epoch = epoch;
        this.tensors = tensors;
        this.layout = layout;
        this.source = source;
        this.pages = pages;
        this.tree = tree;
        this.bytes = bytes;
    }

    /// @throws FileFormatException naming the file and the cause
    public static ProvingKey open(Path file) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return open(file, channel, arena);
        } catch (NoSuchFileException e) {
            arena.close();
            throw new FileFormatException(file, "no such file", e);
        } catch (IOException | IllegalArgumentException e) {
            arena.close();
            throw new FileFormatException(file, "cannot be read as a proving key: " + e.getMessage(), e);
        }
    }

    private static ProvingKey open(Path file, FileChannel channel, Arena arena) throws IOException {
        KeyFile.Header header = KeyFile.readHeader(channel);
        VerifyingKey key = header.key();
        Circuit circuit = key.spec().inference(1);
        MatrixLayout layout = MatrixLayout.of(circuit.keyColumns(), key.parameters().k());
        KeyFile.Regions regions = KeyFile.regions(key, circuit.key());
        if (channel.size() != regions.end()) {
            throw new IOException(channel.size() + " bytes, but this key has " + regions.end());
        }
        MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, regions.end(), arena);
        Epoch epoch = new Epoch();
        List<HostTensor> tensors = new ArrayList<>();
        Map<Column, HostTensor> byColumn = new IdentityHashMap<>();
        for (int i = 0; i < circuit.key().size(); i++) {
            KeyColumn c = circuit.key().get(i);
            long place = regions.tensors().get(i);
            HostTensor t = new HostTensor(mapped.asSlice(place, c.bytes()), c.column().bits(), epoch, place);
            tensors.add(t);
            byColumn.put(c.column(), t);
        }
        MemorySegment tree = mapped.asSlice(regions.commitment(), MatrixCommitment.storedBytes(key.parameters()));
        if (!Arrays.equals(MatrixCommitment.root(key.parameters(), tree), key.root())) {
            throw new IOException("the commitment does not have the root of the verifying key, so the file is damaged;"
                    + " run setup again");
        }
        KeyPages pages = new KeyPages(mapped, tensors);
        TileSource source = new TensorSource(column -> pages.use(byColumn.get(column)));
        return new ProvingKey(file, header, arena, epoch, tensors, layout, source, pages, tree,
                mapped.asSlice(regions.content()), regions.end());
    }

    /// Reads the whole key and compares it with the digest that setup wrote.
    ///
    /// @throws FileFormatException if it has changed since
    public void check() {
        if (!Arrays.equals(ContentDigest.of(content), digest)) {
            throw new FileFormatException(file, "the content does not have the digest that the header states, so the"
                    + " file is damaged; run setup again");
        }
    }

    public Path file() {
        return file;
    }

    public VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    /// Bytes of the file, all of them mapped.
    public long bytes() {
        return bytes;
    }

    /// Whether pages of the file are given back to the system soon after they have been read. Reading them again costs
    /// some time; proofs do not depend on it.
    public void spare(boolean on) {
        pages.spare(on);
    }

    /// About the most bytes of the file that are in memory while pages are spared.
    public long sparedBytes() {
        return pages.sparedBytes();
    }

    @Override
    public Function<Column, HostTensor> of(Circuit circuit) {
        Function<Column, HostTensor> columns = KeyData.super.of(circuit);
        return column -> pages.use(columns.apply(column));
    }

    /// Commitment of the key columns. It must not be used after this key is closed.
    ///
    /// @param host encodes rows again when columns are opened
    public MatrixCommitment commitment(Host host) {
        return MatrixCommitment.open(verifyingKey.parameters(), layout, source, host, tree);
    }

    @Override
    public HostTensor tensor(int index) {
        return tensors.get(index);
    }

    @Override
    public void close() {
        epoch.end();
        arena.close();
    }
}
