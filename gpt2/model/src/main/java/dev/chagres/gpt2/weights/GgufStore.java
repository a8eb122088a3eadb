package dev.chagres.gpt2.weights;

import dev.chagres.gguf.GgmlType;
import dev.chagres.gguf.GgufException;
import dev.chagres.gguf.GgufHeader;
import dev.chagres.gguf.GgufTensor;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A mapped GGUF file; tensors are dequantised when they are read. Thread-safe until closed.
final class GgufStore implements TensorAccess {
    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final GgufHeader header;

    private GgufStore(Path path, Arena arena, MemorySegment file, GgufHeader header) {
        this.path = path;
        this.arena = arena;
        this.file = file;
        this.header = header;
    }

    /// Maps a file and checks its header.
    ///
    /// @throws FileFormatException if it is missing, truncated or breaks a rule of the format
    static GgufStore open(Path path) {
        GgufHeader header;
        try {
            header = GgufHeader.read(path);
        } catch (GgufException e) {
            throw new FileFormatException(path, PrintableText.cut(e.getMessage(), 300), e);
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new GgufStore(path, arena, file, header);
        } catch (IOException e) {
            arena.close();
            throw new FileFormatException(path, "cannot be read: " + e.getMessage(), e);
        }
    }

    GgufHeader header() {
        return header;
    }

    @Override
    public boolean contains(String name) {
        return header.tensors().containsKey(name);
    }

    /// Elements `from .. from + count - 1` of a tensor, the fastest axis first, whole blocks of its type.
    ///
    /// @throws IndexOutOfBoundsException if the tensor has no such elements
    /// @throws FileFormatException if there is no such tensor or its type cannot be read
    float[] read(String name, long from, int count) {
        GgufTensor tensor = header.tensors().get(name);
        if (tensor == null) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " is missing");
        }
        Objects.checkFromIndexSize(from, count, tensor.elements());
        GgmlType type = readable(tensor);
        if (from % type.blockValues() != 0 || count % type.blockValues() != 0) {
            throw new IllegalArgumentException("elements " + from + " + " + count + " are not whole blocks of " + type);
        }
        float[] values = new float[count];
        GgufBlocks.read(type, file, tensor.offset() + from / type.blockValues() * type.blockBytes(), values);
        return values;
    }

    @Override
    public float[] readFinite(String name, long from, int count) {
        float[] values = read(name, from, count);
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " has value " + values[i]
                        + " at element " + (from + i));
            }
        }
        return values;
    }

    private GgmlType readable(GgufTensor tensor) {
        Optional<GgmlType> type = tensor.type();
        if (type.isEmpty() || !GgufBlocks.isReadable(type.get())) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(tensor.name()) + " has type "
                    + type.map(Enum::name).orElse("number " + Integer.toUnsignedString(tensor.typeId()))
                    + ", need F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K or Q6_K");
        }
        return type.get();
    }

    /// Checks that the tensors of `shapes` are here with these shapes and can be read, and no others.
    ///
    /// @param others names that may be here too
    void check(Map<String, List<Integer>> shapes, List<String> others, String family) {
        for (Map.Entry<String, List<Integer>> expected : shapes.entrySet()) {
            GgufTensor tensor = header.tensors().get(expected.getKey());
            if (tensor == null) {
                throw new FileFormatException(path, "tensor " + expected.getKey() + " is missing");
            }
            List<Long> extents = expected.getValue().reversed().stream().map(Integer::longValue).toList();
            if (!tensor.extents().equals(extents)) {
                throw new FileFormatException(path, "tensor " + expected.getKey() + " has shape " + tensor.extents()
                        + ", the metadata imply " + extents);
            }
            readable(tensor);
        }
        for (String name : header.tensors().keySet()) {
            if (!shapes.containsKey(name) && !others.contains(name)) {
                throw new FileFormatException(path, "tensor " + PrintableText.of(name)
                        + " is not part of the " + family + " model in the metadata");
            }
        }
    }

    /// Unmaps the file.
    @Override
    public void close() {
        arena.close();
    }
}
