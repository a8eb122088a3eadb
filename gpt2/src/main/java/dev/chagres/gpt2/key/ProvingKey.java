package dev.chagres.gpt2.key;

import dev.chagres.gpt2.verify.VerifyingKey;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.gpt2.graph.Gpt2Graph;
import dev.chagres.gpt2.graph.KeyTensors;
import dev.chagres.gpt2.weights.ModelFormatException;
import dev.chagres.graph.Graph;
import dev.chagres.prove.commit.MatrixCommitment;
import dev.chagres.prove.commit.TensorSource;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.IntTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// A mapped `.pk` file: the verifying key, the key columns in the layout of the graph, and their commitment
/// (docs/formats.md). Tensors and the tree are used where they are mapped; codewords are made when they are
/// opened.
public final class ProvingKey implements KeyData {
    private final Path file;
    private final VerifyingKey verifyingKey;
    private final Arena arena;
    private final Map<String, IntTensor> tensors;
    private final MatrixCommitment commitment;

    private ProvingKey(Path file, VerifyingKey verifyingKey, Arena arena, Map<String, IntTensor> tensors,
            MatrixCommitment commitment) {
        this.file = file;
        this.verifyingKey = verifyingKey;
        this.arena = arena;
        this.tensors = tensors;
        this.commitment = commitment;
    }

    /// @throws ModelFormatException naming the file and the cause
    public static ProvingKey open(Path file) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return open(file, channel, arena);
        } catch (NoSuchFileException e) {
            arena.close();
            throw new ModelFormatException(file, "no such file", e);
        } catch (IOException | IllegalArgumentException e) {
            arena.close();
            throw new ModelFormatException(file, "cannot be read as a proving key: " + e.getMessage(), e);
        }
    }

    private static ProvingKey open(Path file, FileChannel channel, Arena arena) throws IOException {
        VerifyingKey key = KeyFile.readHeader(channel);
        Graph graph = Gpt2Graph.inference(key.spec(), 1).graph();
        MatrixLayout layout = MatrixLayout.of(graph.keyColumns(), key.parameters().k());
        KeyFile.Regions regions = KeyFile.regions(key, graph);
        if (channel.size() != regions.end()) {
            throw new IOException(channel.size() + " bytes, but this key has " + regions.end());
        }
        Map<String, IntTensor> tensors = new HashMap<>();
        MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, regions.commitment(), arena);
        for (Column c : graph.keyColumns()) {
            int width = KeyTensors.width(c);
            long size = c.shape().size() * (width / 8);
            tensors.put(c.name(), new IntTensor(mapped.asSlice(regions.tensors().get(c.name()), size), width));
        }
        MatrixCommitment commitment =
                MatrixCommitment.open(key.parameters(), layout, new TensorSource(c -> tensors.get(c.name())), channel,
                        regions.commitment());
        if (!Arrays.equals(commitment.root(), key.root())) {
            commitment.close();
            throw new IOException("the commitment does not have the root of the verifying key");
        }
        return new ProvingKey(file, key, arena, tensors, commitment);
    }

    public Path file() {
        return file;
    }

    public VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    /// Commitment of the key columns.
    public MatrixCommitment commitment() {
        return commitment;
    }

    @Override
    public IntTensor of(Column column) {
        IntTensor t = tensors.get(column.name());
        if (t == null) {
            throw new IllegalArgumentException(file + " has no column " + column);
        }
        return t;
    }

    @Override
    public void close() {
        commitment.close();
        arena.close();
    }
}
