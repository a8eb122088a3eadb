package dev.chagres.gpt2.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes a safetensors file of F32 tensors as a stream: the shapes are declared first, then the values follow in
/// the declared order, in pieces of any size.
public final class SafetensorsWriter implements AutoCloseable {
    private static final int BUFFER_FLOATS = 1 << 16;

    private final Path path;
    private final FileChannel channel;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(BUFFER_FLOATS * 4).order(ByteOrder.LITTLE_ENDIAN);
    private final long elements;
    private long written;

    /// Creates or replaces `path` and writes the header.
    ///
    /// @param shapes tensor names and shapes, in the order in which the values will come
    /// @param metadata free-form text entries
    /// @throws IOException if the file cannot be written
    public SafetensorsWriter(Path path, LinkedHashMap<String, List<Integer>> shapes, Map<String, String> metadata)
            throws IOException {
        this.path = path;
        Map<String, Object> header = new LinkedHashMap<>();
        if (!metadata.isEmpty()) {
            header.put("__metadata__", metadata);
        }
        long begin = 0;
        for (Map.Entry<String, List<Integer>> entry : shapes.entrySet()) {
            long bytes = 4;
            for (int extent : entry.getValue()) {
                bytes = Math.multiplyExact(bytes, extent);
            }
            long end = Math.addExact(begin, bytes);
            Map<String, Object> info = new LinkedHashMap<>(); // one order: one model has one file
            info.put("dtype", "F32");
            info.put("shape", entry.getValue());
            info.put("data_offsets", List.of(begin, end));
            header.put(entry.getKey(), info);
            begin = end;
        }
        this.elements = begin / 4;
        byte[] text = Json.writeCompact(header);
        // Spaces up to a multiple of 8, so that the data is aligned in a mapped file.
        int padded = (text.length + 7) & -8;
        ByteBuffer head = ByteBuffer.allocate(8 + padded).order(ByteOrder.LITTLE_ENDIAN);
        head.putLong(padded).put(text);
        while (head.hasRemaining()) {
            head.put((byte) ' ');
        }
        head.flip();
        channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        writeFully(head);
    }

    /// Appends values.
    ///
    /// @throws IllegalStateException if there are more than the declared tensors hold
    /// @throws IOException if the file cannot be written
    public void append(float[] values) throws IOException {
        if (written + values.length > elements) {
            throw new IllegalStateException(
                    path + ": " + (written + values.length) + " values for tensors of " + elements + " elements");
        }
        written += values.length;
        for (int from = 0; from < values.length; ) {
            int count = Math.min(buffer.remaining() / Float.BYTES, values.length - from);
            buffer.asFloatBuffer().put(values, from, count);
            buffer.position(buffer.position() + count * Float.BYTES);
            from += count;
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }

    private void flush() throws IOException {
        writeFully(buffer.flip());
        buffer.clear();
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Finishes the file.
    ///
    /// @throws IllegalStateException if values are missing
    @Override
    public void close() throws IOException {
        try (channel) {
            flush();
        }
        if (written < elements) {
            throw new IllegalStateException(path + ": " + written + " values for tensors of " + elements + " elements");
        }
    }
}
