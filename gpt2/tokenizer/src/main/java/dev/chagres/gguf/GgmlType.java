package dev.chagres.gguf;

import java.util.Arrays;
import java.util.Optional;

/// Element types of tensors, by their number in a file: a row is a sequence of blocks of [#values] elements in
/// [#bytes] bytes each. Numbers that are absent here are types no reader of this project knows.
public enum GgmlType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    IQ4_NL(20, 32, 18),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    BF16(30, 1, 2);

    private final int id;
    private final int values;
    private final int bytes;

    GgmlType(int id, int values, int bytes) {
        this.id = id;
        this.values = values;
        this.bytes = bytes;
    }

    /// The type of a number; empty if it is not known.
    public static Optional<GgmlType> of(int id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
    }

    /// The number in a file.
    public int id() {
        return id;
    }

    /// Elements of a block.
    public int blockValues() {
        return values;
    }

    /// Bytes of a block.
    public int blockBytes() {
        return bytes;
    }
}
