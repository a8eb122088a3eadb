package dev.chagres.gpt2.weights;

import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A checked safetensors header. As in the format's reference implementation the tensors must tile the data
/// exactly: no overlap, no hole, no byte left over.
///
/// @param tensors by name, in the header's order
/// @param metadata the `__metadata__` entry
/// @param dataOffset byte of the file at which the data begins
record SafetensorsHeader(Map<String, TensorInfo> tensors, Map<String, String> metadata, long dataOffset) {
    /// Longest accepted header, the limit of the reference implementation.
    static final long MAX_BYTES = 100_000_000;

    private static final ValueLayout.OfLong LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final String METADATA = "__metadata__";

    /// Parses and checks the header of a mapped file.
    static SafetensorsHeader parse(Path path, MemorySegment file) {
        long length = file.byteSize() < 8 ? -1 : file.get(LENGTH, 0);
        boolean plausible = length >= 2 && length <= MAX_BYTES;
        if (!plausible || file.byteSize() == 8 || file.get(ValueLayout.JAVA_BYTE, 8) != '{') {
            FileKind.of(file).filter(kind -> !kind.equals(FileKind.SAFETENSORS)).ifPresent(kind -> {
                throw new FileFormatException(path, kind);
            });
        }
        if (file.byteSize() < 8) {
            throw new FileFormatException(path, "truncated: " + file.byteSize() + " bytes, the header length needs 8");
        }
        if (!plausible && file.get(ValueLayout.JAVA_BYTE, 0) == '{') {
            throw new FileFormatException(path, "is a JSON text and no safetensors file, perhaps the error message of"
                    + " a download");
        }
        if (!plausible) {
            throw new FileFormatException(
                    path, "header length " + Long.toUnsignedString(length) + " is not in 2 .. " + MAX_BYTES);
        }
        if (length > file.byteSize() - 8) {
            throw new FileFormatException(
                    path, "truncated: header of " + length + " bytes in a file of " + file.byteSize() + " bytes");
        }
        byte[] text = file.asSlice(8, length).toArray(ValueLayout.JAVA_BYTE);
        if (text[0] != '{') {
            throw new FileFormatException(path, "header does not begin with '{'");
        }
        JsonNode root = Json.parse(path, text);
        Map<String, TensorInfo> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            if (entry.getKey().equals(METADATA)) {
                readMetadata(path, entry.getValue(), metadata);
            } else {
                tensors.put(entry.getKey(), readTensor(path, entry.getKey(), entry.getValue()));
            }
        }
        checkTiling(path, tensors, file.byteSize() - 8 - length);
        return new SafetensorsHeader(tensors, metadata, 8 + length);
    }

    private static void readMetadata(Path path, JsonNode node, Map<String, String> target) {
        if (!node.isObject()) {
            throw new FileFormatException(path, METADATA + " is not an object");
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!entry.getValue().isString()) {
                throw new FileFormatException(path, METADATA + " entry " + PrintableText.of(entry.getKey())
                        + " is not a string");
            }
            target.put(entry.getKey(), entry.getValue().stringValue());
        }
    }

    private static TensorInfo readTensor(Path path, String name, JsonNode node) {
        TensorType type = null;
        JsonNode dtype = node.path("dtype");
        for (TensorType candidate : TensorType.values()) {
            if (dtype.isString() && candidate.name().equals(dtype.stringValue())) {
                type = candidate;
            }
        }
        if (type == null) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " has unknown dtype "
                    + PrintableText.of(dtype));
        }
        List<Long> shape = integers(path, name, node, "shape");
        List<Long> offsets = integers(path, name, node, "data_offsets");
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " has data_offsets "
                    + PrintableText.of(offsets) + ", need [begin, end]");
        }
        long bytes = type.bytes();
        try {
            for (long extent : shape) {
                bytes = Math.multiplyExact(bytes, extent);
            }
        } catch (ArithmeticException e) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " has shape "
                    + PrintableText.of(shape) + ", too large", e);
        }
        if (offsets.get(1) - offsets.get(0) != bytes) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + " of type " + type + " and shape "
                    + PrintableText.of(shape) + " needs " + bytes + " bytes, data_offsets " + offsets + " hold "
                    + (offsets.get(1) - offsets.get(0)));
        }
        return new TensorInfo(type, shape, offsets.get(0), offsets.get(1));
    }

    private static List<Long> integers(Path path, String name, JsonNode tensor, String key) {
        JsonNode node = tensor.path(key);
        List<Long> values = new ArrayList<>();
        boolean valid = node.isArray();
        for (JsonNode element : node) {
            valid &= element.isIntegralNumber() && element.canConvertToLong() && element.longValue() >= 0;
            if (!valid) {
                break;
            }
            values.add(element.longValue());
        }
        if (!valid) {
            throw new FileFormatException(path, "tensor " + PrintableText.of(name) + ": " + key
                    + " is not an array of non-negative integers");
        }
        return values;
    }

    private static void checkTiling(Path path, Map<String, TensorInfo> tensors, long dataBytes) {
        List<Map.Entry<String, TensorInfo>> sorted = new ArrayList<>(tensors.entrySet());
        sorted.sort(Comparator.comparingLong((Map.Entry<String, TensorInfo> e) -> e.getValue().begin())
                .thenComparingLong(e -> e.getValue().end()));
        long end = 0;
        String previous = "the header";
        for (Map.Entry<String, TensorInfo> entry : sorted) {
            String shown = "tensor " + PrintableText.of(entry.getKey());
            TensorInfo info = entry.getValue();
            if (info.end() > dataBytes) {
                throw new FileFormatException(
                        path, "truncated: " + shown + " ends at byte " + info.end() + " of " + dataBytes);
            }
            if (info.begin() < end) {
                throw new FileFormatException(path, shown + " overlaps " + previous);
            }
            if (info.begin() > end) {
                throw new FileFormatException(path, "unused bytes between " + previous + " and " + shown);
            }
            end = info.end();
            previous = shown;
        }
        if (end != dataBytes) {
            throw new FileFormatException(path, (dataBytes - end) + " unused bytes after the last tensor");
        }
    }
}
