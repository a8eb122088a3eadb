package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// A mapped safetensors file: eight bytes of little-endian header length, a JSON header, the tensors' bytes.
/// The whole header is checked when the file is opened, see [SafetensorsHeader]. Thread-safe until closed.
///
/// @see <a href="https://github.com/huggingface/safetensors#format">the format</a>
public final class SafetensorsFile implements AutoCloseable {
    /// Elements of two tensors that are compared at a time.
    private static final int COMPARED = 1 << 16;

    private final Path path;
    private final Arena arena;
    private final MemorySegment data;
    private final SafetensorsHeader header;

    private SafetensorsFile(Path path, Arena arena, MemorySegment data, SafetensorsHeader header) {
        this.path = path;
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    /// Maps a file and checks its header.
    ///
    /// @throws FileFormatException if it is missing, truncated or breaks a rule of the format
    public static SafetensorsFile open(Path path) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            MemorySegment file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            SafetensorsHeader header = SafetensorsHeader.parse(path, file);
            return new SafetensorsFile(path, arena, file.asSlice(header.dataOffset()), header);
        } catch (NoSuchFileException e) {
            arena.close();
            throw new FileFormatException(path, "no such file", e);
        } catch (IOException e) {
            arena.close();
            throw new FileFormatException(path, "cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    public Path path() {
        return path;
    }

    /// Names of all tensors, in the header's order.
    public Set<String> names() {
        return Collections.unmodifiableSet(header.tensors().keySet());
    }

    /// The header's free-form `__metadata__`.
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(header.metadata());
    }

    /// Type, shape and place of a tensor.
    ///
    /// @throws FileFormatException if there is no such tensor
    public TensorInfo info(String name) {
        TensorInfo info = header.tensors().get(name);
        if (info == null) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " is missing");
        }
        return info;
    }

    /// A whole tensor, row-major.
    ///
    /// @throws FileFormatException if there is no such tensor, it is not floating-point or too long for an array
    public float[] read(String name) {
        long elements = info(name).elements();
        if (elements > Integer.MAX_VALUE - 8) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " has " + elements
                    + " elements, too many for one array");
        }
        return read(name, 0, (int) elements);
    }

    /// Elements `from .. from + count - 1` of a tensor, in row-major order.
    ///
    /// @throws IndexOutOfBoundsException if the tensor has no such elements
    /// @throws FileFormatException if there is no such tensor or it is not floating-point
    public float[] read(String name, long from, int count) {
        TensorInfo info = info(name);
        Objects.checkFromIndexSize(from, count, info.elements());
        if (!info.type().isReadable()) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " has type " + info.type()
                    + ", need F32, F16, BF16 or F64");
        }
        float[] target = new float[count];
        info.type().read(bytes(info), from, target);
        return target;
    }

    /// Whether two floating-point tensors have the same shape and values. Of two types the finer one is rounded to the
    /// coarser one first: a copy of a tensor in a coarser type is the same tensor.
    boolean sameValues(String name, SafetensorsFile other, String otherName) {
        TensorInfo a = info(name);
        TensorInfo b = other.info(otherName);
        if (!a.shape().equals(b.shape())) {
            return false;
        }
        if (a.type() == b.type()) {
            return bytes(a).mismatch(other.bytes(b)) < 0;
        }
        for (long from = 0; from < a.elements(); from += COMPARED) {
            int count = (int) Math.min(COMPARED, a.elements() - from);
            float[] x = read(name, from, count);
            float[] y = other.read(otherName, from, count);
            for (int i = 0; i < count; i++) {
                if (a.type().round(b.type().round(x[i])) != a.type().round(b.type().round(y[i]))) {
                    return false;
                }
            }
        }
        return true;
    }

    /// The stored bytes of a tensor of any type, little-endian.
    ///
    /// @throws FileFormatException if there is no such tensor
    public byte[] bytes(String name) {
        return bytes(info(name)).toArray(ValueLayout.JAVA_BYTE);
    }

    private MemorySegment bytes(TensorInfo info) {
        return data.asSlice(info.begin(), info.end() - info.begin());
    }

    /// Unmaps the file.
    @Override
    public void close() {
        arena.close();
    }
}
