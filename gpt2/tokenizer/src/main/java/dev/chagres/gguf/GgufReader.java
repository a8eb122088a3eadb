package dev.chagres.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads the header of one file: magic, version, counts, metadata, tensors.
final class GgufReader {
    /// The characters GGUF.
    private static final int MAGIC = 0x46554747;

    private static final int MOST_KEYS = 1 << 16;
    private static final int MOST_TENSORS = 1 << 20;
    private static final int MOST_ITEMS = 1 << 24;
    private static final int MOST_AXES = 4;
    /// Arrays inside each other.
    private static final int MAX_DEPTH = 4;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final String ALIGNMENT = "general.alignment";

    /// Types of metadata values that a file numbers.
    private static final int UINT8 = 0;
    private static final int INT8 = 1;
    private static final int UINT16 = 2;
    private static final int INT16 = 3;
    private static final int UINT32 = 4;
    private static final int INT32 = 5;
    private static final int FLOAT32 = 6;
    private static final int BOOL = 7;
    private static final int STRING = 8;
    private static final int ARRAY = 9;
    private static final int UINT64 = 10;
    private static final int INT64 = 11;
    private static final int FLOAT64 = 12;

    private final GgufBytes in;

    GgufReader(GgufBytes in) {
        this.in = in;
    }

    GgufHeader header() throws IOException {
        if (in.size() < 24 || in.int32() != MAGIC) {
            throw new GgufException("is not a GGUF file");
        }
        int version = in.int32();
        if (version != 2 && version != 3) {
            throw new GgufException(Integer.reverseBytes(version) == 2 || Integer.reverseBytes(version) == 3
                    ? "is a big-endian GGUF file, need a little-endian one"
                    : "is a GGUF file of version " + version + ", need 2 or 3; convert the model again");
        }
        int tensorCount = in.count("tensors", 8 + 4 + 4 + 8, MOST_TENSORS);
        int keyCount = in.count("metadata keys", 8 + 4 + 1, MOST_KEYS);
        Map<String, Object> metadata = new LinkedHashMap<>();
        for (int i = 0; i < keyCount; i++) {
            String key = name("metadata key " + i);
            if (metadata.put(key, value(in.int32(), key, 0)) != null) {
                throw new GgufException("has the metadata key " + key + " twice");
            }
        }
        List<GgufTensor> found = new ArrayList<>();
        for (int i = 0; i < tensorCount; i++) {
            found.add(tensor(i));
        }
        int alignment = alignment(metadata.get(ALIGNMENT));
        long data = (in.position() + alignment - 1) / alignment * alignment;
        Map<String, GgufTensor> tensors = new LinkedHashMap<>();
        for (GgufTensor tensor : found) {
            if (tensors.put(tensor.name(), placed(tensor, data, alignment)) != null) {
                throw new GgufException("has the tensor " + tensor.name() + " twice");
            }
        }
        return new GgufHeader(version, metadata, tensors);
    }

    private static int alignment(Object value) {
        if (value == null) {
            return DEFAULT_ALIGNMENT;
        }
        if (!(value instanceof Long alignment) || alignment < 1 || alignment > 1 << 20
                || Long.bitCount(alignment) != 1) {
            throw new GgufException(ALIGNMENT + " is not a power of two up to 2^20");
        }
        return alignment.intValue();
    }

    private GgufTensor tensor(int number) throws IOException {
        String name = name("tensor " + number);
        int axes = in.int32();
        if (axes < 0 || axes > MOST_AXES) {
            throw new GgufException("tensor " + name + " has " + Integer.toUnsignedString(axes)
                    + " axes, need at most " + MOST_AXES);
        }
        List<Long> extents = new ArrayList<>();
        for (int a = 0; a < axes; a++) {
            extents.add(in.int64());
        }
        return new GgufTensor(name, extents, in.int32(), in.int64());
    }

    /// Counts the offset from the beginning of the file, after checking that the values are inside it. How many bytes
    /// a type that is not known takes is not known either.
    private GgufTensor placed(GgufTensor tensor, long data, int alignment) {
        long elements = 1;
        for (long extent : tensor.extents()) {
            if (extent < 1 || extent > (1L << 62) / elements) {
                throw new GgufException("tensor " + tensor.name() + " has shape " + tensor.extents()
                        + ", need positive extents of less than 2^62 elements");
            }
            elements *= extent;
        }
        long space = in.size() - data;
        if (tensor.offset() < 0 || tensor.offset() > space || tensor.offset() % alignment != 0) {
            throw new GgufException("truncated or broken: tensor " + tensor.name() + " begins at byte "
                    + Long.toUnsignedString(tensor.offset()) + " of " + Math.max(0, space) + " of data");
        }
        if (tensor.type().isPresent()) {
            GgmlType type = tensor.type().get();
            long row = tensor.extents().isEmpty() ? 1 : tensor.extents().getFirst();
            if (row % type.blockValues() != 0) {
                throw new GgufException("tensor " + tensor.name() + " of type " + type + " has rows of " + row
                        + " elements, need a multiple of " + type.blockValues());
            }
            if (elements / type.blockValues() > (space - tensor.offset()) / type.blockBytes()) {
                throw new GgufException("truncated: tensor " + tensor.name() + " of type " + type + " and shape "
                        + tensor.extents() + " does not fit " + (space - tensor.offset()) + " bytes");
            }
        }
        return new GgufTensor(tensor.name(), tensor.extents(), tensor.typeId(), data + tensor.offset());
    }

    private String name(String what) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(in.string())).toString();
        } catch (CharacterCodingException e) {
            throw new GgufException("the name of " + what + " is not UTF-8", e);
        }
    }

    private Object value(int type, String key, int depth) throws IOException {
        return switch (type) {
            case STRING -> new String(in.string(), StandardCharsets.UTF_8);
            case ARRAY -> array(key, depth);
            case BOOL -> bool(key);
            case FLOAT32, FLOAT64 -> floating(type);
            default -> whole(type, key);
        };
    }

    private Object array(String key, int depth) throws IOException {
        int type = in.int32();
        String items = "items of " + key;
        switch (type) {
            case STRING, ARRAY -> {
                if (depth == MAX_DEPTH) {
                    throw new GgufException(key + " has arrays inside more than " + MAX_DEPTH + " others");
                }
                int count = in.count(items, 8, MOST_ITEMS);
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(value(type, key, depth + 1));
                }
                return list;
            }
            case FLOAT32, FLOAT64 -> {
                double[] numbers = new double[in.count(items, type == FLOAT32 ? 4 : 8, MOST_ITEMS)];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = floating(type);
                }
                return numbers;
            }
            default -> {
                long[] numbers = new long[in.count(items, 1, MOST_ITEMS)];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = type == BOOL ? (bool(key) ? 1 : 0) : whole(type, key);
                }
                return numbers;
            }
        }
    }

    private boolean bool(String key) throws IOException {
        int value = in.int8();
        if (value != 0 && value != 1) {
            throw new GgufException(key + " has the boolean " + value + ", need 0 or 1");
        }
        return value == 1;
    }

    private double floating(int type) throws IOException {
        return type == FLOAT32 ? in.float32() : in.float64();
    }

    private long whole(int type, String key) throws IOException {
        return switch (type) {
            case UINT8 -> Byte.toUnsignedLong(in.int8());
            case INT8 -> in.int8();
            case UINT16 -> Short.toUnsignedLong(in.int16());
            case INT16 -> in.int16();
            case UINT32 -> Integer.toUnsignedLong(in.int32());
            case INT32 -> in.int32();
            case INT64 -> in.int64();
            case UINT64 -> {
                long value = in.int64();
                if (value < 0) {
                    throw new GgufException(key + " is " + Long.toUnsignedString(value) + ", need less than 2^63");
                }
                yield value;
            }
            default -> throw new GgufException(key + " has the unknown type " + Integer.toUnsignedString(type));
        };
    }
}
