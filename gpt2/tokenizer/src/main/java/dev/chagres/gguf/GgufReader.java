package dev.chagres.gguf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads the header of one file: magic, version, counts, metadata, tensors.
///
/// What no reader of this project asks for is checked and not kept: arrays but the tokenizer's, and texts about the
/// file. What is kept has a budget, so that a file never takes more memory than a few models' tokenizers do.
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
    private static final String ABOUT = "general.";
    private static final String ARCHITECTURE = "general.architecture";
    /// The arrays that are kept.
    private static final Set<String> ARRAYS = Set.of("tokenizer.ggml.tokens", "tokenizer.ggml.merges",
            "tokenizer.ggml.scores", "tokenizer.ggml.token_type");

    /// Most memory of everything that is kept; a tokenizer of 262,144 tokens and twice as many merges takes a quarter.
    private static final long BUDGET = 256L << 20;
    /// About the memory of a string, its object and a place in a list or a map; characters take up to two bytes each.
    private static final int STRING_BYTES = 64;
    /// About the memory of a tensor's entry besides its name.
    private static final int TENSOR_BYTES = 256;

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
    private long kept;

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
            if (metadata.put(key, value(in.int32(), key)) != null) {
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

    private void keep(long bytes) {
        kept += bytes;
        if (kept > BUDGET) {
            throw new GgufException("its metadata take more than " + (BUDGET >> 20)
                    + " MiB of memory, far more than any model's; it is broken or made to harm");
        }
    }

    private GgufTensor tensor(int number) throws IOException {
        keep(TENSOR_BYTES);
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
            byte[] bytes = in.string();
            keep(STRING_BYTES + 2L * bytes.length);
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new GgufException("the name of " + what + " is not UTF-8", e);
        }
    }

    private String text() throws IOException {
        byte[] bytes = in.string();
        keep(STRING_BYTES + 2L * bytes.length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private Object value(int type, String key) throws IOException {
        return switch (type) {
            case STRING -> {
                if (key.startsWith(ABOUT) && !key.equals(ARCHITECTURE)) {
                    in.skipString();
                    yield GgufHeader.Omitted.STRING;
                }
                yield text();
            }
            case ARRAY -> {
                if (ARRAYS.contains(key)) {
                    yield array(key);
                }
                skipArray(key, 0);
                yield GgufHeader.Omitted.ARRAY;
            }
            case BOOL -> bool(key);
            case FLOAT32, FLOAT64 -> floating(type);
            default -> whole(type, key);
        };
    }

    private Object array(String key) throws IOException {
        int type = in.int32();
        String items = "items of " + key;
        switch (type) {
            case STRING -> {
                int count = in.count(items, Long.BYTES, MOST_ITEMS);
                List<Object> list = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    list.add(text());
                }
                return list;
            }
            case ARRAY -> throw new GgufException(key + " is an array of arrays");
            case FLOAT32, FLOAT64 -> {
                double[] numbers = new double[numbers(items, type, key)];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = floating(type);
                }
                return numbers;
            }
            default -> {
                long[] numbers = new long[numbers(items, type, key)];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = type == BOOL ? (bool(key) ? 1 : 0) : whole(type, key);
                }
                return numbers;
            }
        }
    }

    /// How many numbers of an array there are, with memory for them accounted for.
    private int numbers(String items, int type, String key) throws IOException {
        int count = in.count(items, bytes(type, key), MOST_ITEMS);
        keep(Math.multiplyFull(count, Long.BYTES));
        return count;
    }

    /// Goes on behind the items of an array.
    private void skipArray(String key, int depth) throws IOException {
        int type = in.int32();
        String items = "items of " + key;
        if (type != STRING && type != ARRAY) {
            int bytes = bytes(type, key);
            in.skip(Math.multiplyFull(in.count(items, bytes, MOST_ITEMS), bytes));
            return;
        }
        if (depth == MAX_DEPTH) {
            throw new GgufException(key + " has arrays inside more than " + MAX_DEPTH + " others");
        }
        int count = in.count(items, type == STRING ? Long.BYTES : Integer.BYTES + Long.BYTES, MOST_ITEMS);
        for (int i = 0; i < count; i++) {
            if (type == STRING) {
                in.skipString();
            } else {
                skipArray(key, depth + 1);
            }
        }
    }

    /// Bytes of a number or boolean in the file.
    private static int bytes(int type, String key) {
        return switch (type) {
            case UINT8, INT8, BOOL -> Byte.BYTES;
            case UINT16, INT16 -> Short.BYTES;
            case UINT32, INT32, FLOAT32 -> Integer.BYTES;
            case UINT64, INT64, FLOAT64 -> Long.BYTES;
            default -> throw unknown(type, key);
        };
    }

    private static GgufException unknown(int type, String key) {
        return new GgufException(key + " has the unknown type " + Integer.toUnsignedString(type));
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
            default -> throw unknown(type, key);
        };
    }
}
