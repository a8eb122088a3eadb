package dev.chagres.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A small file written by hand, and what is wrong with broken ones.
class GgufHeaderTest {
    @TempDir
    private Path folder;

    private static ByteBuffer empty() {
        return ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer put(ByteBuffer out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return out.putLong(bytes.length).put(bytes);
    }

    private static ByteBuffer start(int version, long tensors, long keys) {
        return empty().putInt(0x46554747).putInt(version).putLong(tensors).putLong(keys);
    }

    private static ByteBuffer tensor(ByteBuffer out, String name, int type, long offset, long... extents) {
        put(out, name).putInt(extents.length);
        Arrays.stream(extents).forEach(out::putLong);
        return out.putInt(type).putLong(offset);
    }

    private Path file(ByteBuffer content) {
        try {
            return Files.write(folder.resolve("a.gguf"), Arrays.copyOf(content.array(), content.position() + 64));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] good(int version) {
        ByteBuffer out = start(version, 2, 7);
        put(out, "general.architecture").putInt(8);
        put(out, "llama");
        put(out, "general.alignment").putInt(4).putInt(64);
        put(out, "epsilon").putInt(6).putFloat(1e-5f);
        put(out, "large").putInt(10).putLong(Long.MAX_VALUE);
        put(out, "yes").putInt(7).put((byte) 1);
        put(out, "tokenizer.ggml.tokens").putInt(9).putInt(8).putLong(2);
        put(out, "a");
        put(out, "\u00e9");
        put(out, "tokenizer.ggml.token_type").putInt(9).putInt(5).putLong(3).putInt(-1).putInt(2).putInt(3);
        tensor(out, "w", 8, 0, 32, 2);
        tensor(out, "b", 0, 128, 3);
        out.position((out.position() + 63) / 64 * 64 + 128 + 12);
        return Arrays.copyOf(out.array(), out.position());
    }

    @Test
    void metadataAndTensors() throws IOException {
        for (int version : new int[] {2, 3}) {
            byte[] bytes = good(version);
            GgufHeader header = GgufHeader.read(Files.write(folder.resolve("a.gguf"), bytes));
            assertThat(header.version()).isEqualTo(version);
            assertThat(header.string("general.architecture")).contains("llama");
            assertThat(header.number("epsilon")).contains((double) 1e-5f);
            assertThat(header.integer("large")).contains(Long.MAX_VALUE);
            assertThat(header.number("large")).contains((double) Long.MAX_VALUE);
            assertThat(header.bool("yes")).contains(true);
            assertThat(header.strings("tokenizer.ggml.tokens")).contains(List.of("a", "\u00e9"));
            assertThat(header.integers("tokenizer.ggml.token_type").orElseThrow()).containsExactly(-1, 2, 3);
            assertThat(header.string("absent")).isEmpty();
            assertThat(header.tensors().keySet()).containsExactly("w", "b");
            GgufTensor w = header.tensors().get("w");
            assertThat(w.type()).contains(GgmlType.Q8_0);
            assertThat(w.extents()).containsExactly(32L, 2L);
            assertThat(w.elements()).isEqualTo(64);
            assertThat(header.tensors().get("b").offset()).isEqualTo(bytes.length - 12).isEqualTo(w.offset() + 128);
            assertThatThrownBy(() -> header.integer("yes")).isInstanceOf(GgufException.class)
                    .hasMessage("yes is not a whole number");
            assertThatThrownBy(() -> header.strings("general.architecture")).isInstanceOf(GgufException.class);
        }
    }

    /// Values that nobody reads are skipped, whatever they hold; those behind them are found.
    @Test
    void whatNobodyReadsIsSkipped() throws IOException {
        ByteBuffer out = start(3, 0, 6);
        put(out, "general.description").putInt(8);
        put(out, "x".repeat(300));
        put(out, "a.bytes").putInt(9).putInt(0).putLong(1000).position(out.position() + 1000);
        put(out, "a.texts").putInt(9).putInt(8).putLong(2);
        put(put(out, "one"), "two");
        put(out, "a.nested").putInt(9).putInt(9).putLong(2).putInt(7).putLong(3).put(new byte[3]).putInt(9).putLong(1)
                .putInt(12).putLong(1).putDouble(1);
        put(out, "tokenizer.chat_template").putInt(8);
        put(out, "kept");
        put(out, "a.block_count").putInt(4).putInt(3);
        GgufHeader header = GgufHeader.read(file(out));
        assertThat(header.metadata()).containsEntry("general.description", GgufHeader.Omitted.STRING)
                .containsEntry("a.bytes", GgufHeader.Omitted.ARRAY).containsEntry("a.texts", GgufHeader.Omitted.ARRAY)
                .containsEntry("a.nested", GgufHeader.Omitted.ARRAY);
        assertThat(header.string("tokenizer.chat_template")).contains("kept");
        assertThat(header.integer("a.block_count")).contains(3L);
        assertThatThrownBy(() -> header.integer("a.bytes")).hasMessage("a.bytes is not a whole number");
    }

    /// A gigabyte of bytes costs no memory where nobody reads them; where the tokenizer's are, there is a budget.
    @Test
    void memoryHasABudget() throws IOException {
        assertThat(GgufHeader.read(large("a.bytes", 3)).metadata()).hasSize(3);
        assertThat(GgufHeader.read(large("general.text", 3)).metadata()).hasSize(3);
        for (String key : List.of("tokenizer.ggml.token_type", "tokenizer.chat_template")) {
            Path file = large(key, 12);
            assertThatThrownBy(() -> GgufHeader.read(file)).isInstanceOf(GgufException.class)
                    .hasMessageContaining("more than 256 MiB of memory");
        }
    }

    /// So many keys with 2^24 bytes each, as arrays or, for texts, strings; those of the tokenizer under other names too.
    private Path large(String key, int count) throws IOException {
        boolean text = key.startsWith("general") || key.endsWith("template");
        Path file = folder.resolve("large.gguf");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(start(3, 0, count).flip());
            List<String> arrays = List.of("tokenizer.ggml.tokens", "tokenizer.ggml.merges", "tokenizer.ggml.scores");
            for (int i = 0; i < count; i++) {
                String name = i == 0 ? key : text || !key.startsWith("tokenizer") ? key + i
                        : i <= arrays.size() ? arrays.get(i - 1) : key + i;
                ByteBuffer head = put(empty(), name);
                (text ? head.putInt(8) : head.putInt(9).putInt(0)).putLong(1 << 24);
                channel.write(head.flip());
                channel.position(channel.position() + (1 << 24));
            }
            channel.write(ByteBuffer.allocate(64));
        }
        return file;
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] bytes = good(3);
        for (int length = 0; length < bytes.length; length++) {
            Path file = Files.write(folder.resolve("short.gguf"), Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> GgufHeader.read(file)).as("%d bytes", length).isInstanceOf(GgufException.class);
        }
    }

    @Test
    void brokenFilesAreNamed() {
        refused(start(1, 0, 0), "version 1, need 2 or 3");
        refused(start(Integer.reverseBytes(3), 0, 0), "big-endian");
        refused(empty().putInt(1).putInt(3).putLong(0).putLong(0), "is not a GGUF file");
        refused(start(3, Long.MAX_VALUE, 0), "9223372036854775807 tensors");
        refused(start(3, 0, -1), "18446744073709551615 metadata keys");
        refused(key("k", out -> out.putInt(8).putLong(1L << 40)), "bytes of a string");
        refused(key("k", out -> out.putInt(9).putInt(0).putLong(1L << 40)), "items of k");
        refused(key("k", out -> out.putInt(13).putLong(0)), "k has the unknown type 13");
        refused(key("k", out -> out.putInt(7).put((byte) 2)), "k has the boolean 2");
        refused(key("k", out -> out.putInt(10).putLong(-1)), "need less than 2^63");
        refused(key("general.alignment", out -> out.putInt(4).putInt(24)), "is not a power of two");
        refused(key("k", out -> {
            out.putInt(9);
            for (int depth = 0; depth < 9; depth++) {
                out.putInt(9).putLong(1);
            }
            out.position(out.position() + 64);
        }), "arrays inside");
        refused(tensor(start(3, 1, 0), "t", 0, 0, 1L << 40, 1L << 40), "need positive extents");
        refused(tensor(start(3, 1, 0), "t", 0, 0, 0), "need positive extents");
        refused(tensor(start(3, 1, 0), "t", 0, 0, 1000), "does not fit");
        refused(tensor(start(3, 1, 0), "t", 0, 1, 1), "begins at byte 1");
        refused(tensor(start(3, 1, 0), "t", 8, 0, 33), "need a multiple of 32");
        refused(tensor(start(3, 1, 0), "t", 0, 0, 1, 1, 1, 1, 1), "5 axes");
    }

    private static ByteBuffer key(String name, Consumer<ByteBuffer> value) {
        ByteBuffer out = put(start(3, 0, 1), name);
        value.accept(out);
        return out;
    }

    private void refused(ByteBuffer content, String cause) {
        Path file = file(content);
        assertThatThrownBy(() -> GgufHeader.read(file)).isInstanceOf(GgufException.class).hasMessageContaining(cause);
    }
}
