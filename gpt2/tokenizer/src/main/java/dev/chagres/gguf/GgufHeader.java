package dev.chagres.gguf;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// All of a GGUF file but the values of its tensors.
///
/// Metadata values are [Long] (whole numbers of all widths; unsigned ones of 64 bits must be below 2^63), [Double]
/// (floats, exactly), [Boolean], [String], or arrays: `List<String>` of strings, `long[]` of whole numbers and of
/// booleans (0 or 1), `double[]` of floats. Malformed UTF-8 in a value is replaced by U+FFFD. Of arrays that are not the
/// tokenizer's, and of texts about the file (`general.*` but the architecture), only the keys are kept: their values are
/// [Omitted].
///
/// @param version 2 or 3
/// @param metadata in the file's order
/// @param tensors by name, in the file's order
public record GgufHeader(int version, Map<String, Object> metadata, Map<String, GgufTensor> tensors) {
    /// In place of a value that no reader needs.
    public enum Omitted {
        STRING, ARRAY
    }

    public GgufHeader {
        metadata = Collections.unmodifiableMap(metadata);
        tensors = Collections.unmodifiableMap(tensors);
    }

    /// Reads and checks the header: versions 2 and 3, little-endian, every tensor inside the file.
    ///
    /// @throws GgufException naming the cause
    public static GgufHeader read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return new GgufReader(new GgufBytes(channel)).header();
        } catch (NoSuchFileException e) {
            throw new GgufException("no such file", e);
        } catch (IOException e) {
            throw new GgufException("cannot be read: " + e.getMessage(), e);
        }
    }

    /// A text; empty if there is no such key.
    ///
    /// @throws GgufException if the value is of another kind
    public Optional<String> string(String key) {
        return value(key, String.class, "a string");
    }

    /// A whole number, as [#string].
    public Optional<Long> integer(String key) {
        return value(key, Long.class, "a whole number");
    }

    /// A number with or without a fraction, as [#string].
    public Optional<Double> number(String key) {
        return value(key, Number.class, "a number").map(Number::doubleValue);
    }

    /// True or false, as [#string].
    public Optional<Boolean> bool(String key) {
        return value(key, Boolean.class, "true or false");
    }

    /// An array of whole numbers, as [#string].
    public Optional<long[]> integers(String key) {
        return value(key, long[].class, "an array of whole numbers");
    }

    /// An array of floats, as [#string].
    public Optional<double[]> numbers(String key) {
        return value(key, double[].class, "an array of floats");
    }

    /// An array of strings, as [#string].
    public Optional<List<String>> strings(String key) {
        Optional<List<?>> list = value(key, List.class, "an array of strings").map(value -> (List<?>) value);
        return list.map(items -> items.stream().map(item -> {
            if (item instanceof String text) {
                return text;
            }
            throw new GgufException(key + " is not an array of strings");
        }).toList());
    }

    private <T> Optional<T> value(String key, Class<T> kind, String words) {
        Object value = metadata.get(key);
        if (value != null && !kind.isInstance(value)) {
            throw new GgufException(key + " is not " + words);
        }
        return Optional.ofNullable(kind.cast(value));
    }
}
