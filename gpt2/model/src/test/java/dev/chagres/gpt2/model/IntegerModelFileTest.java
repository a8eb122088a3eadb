package dev.chagres.gpt2.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntegerModelFileTest {
    private static final long SEED = 11;
    private static final Path NAME = Path.of("model.cgm");

    @TempDir
    static Path folder;

    private static SyntheticFixture fixture;
    private static byte[] bytes;

    @BeforeAll
    static void write() throws IOException {
        TokenizerInfo tokenizer = TokenizerInfo.ofCharacters(
                IntStream.range(0, 50).mapToObj(i -> Character.toString(0x20a0 + i)).toList());
        fixture = new SyntheticFixture("2x2x32x50x64", 3, folder.resolve("float"), tokenizer);
        IntegerModelFile.write(fixture.model(), folder.resolve(NAME));
        bytes = Files.readAllBytes(folder.resolve(NAME));
    }

    @AfterAll
    static void close() {
        fixture.close();
    }

    @Test
    void mappedModelIsTheWrittenOne() throws IOException {
        IntegerModel written = fixture.model();
        try (Arena arena = Arena.ofConfined()) {
            IntegerModel read = IntegerModelFile.map(folder.resolve(NAME), arena);
            assertThat(read.shape()).isEqualTo(written.shape());
            assertThat(read.name()).isEqualTo(written.name());
            assertThat(read.tokenizer()).isEqualTo(written.tokenizer());
            assertThat(read.embedding().entries().address() % 64).isZero();
            assertThat(read.layers().get(1).down().weights().address() % 64).isZero();
            assertThat(read.layers().get(1).down().weights().mismatch(written.layers().get(1).down().weights()))
                    .isEqualTo(-1);
            assertThat(read.streamMap().orElseThrow().centred()).isTrue();
            assertThat(read.streamMap().orElseThrow().reflections())
                    .usingRecursiveComparison().isEqualTo(written.streamMap().orElseThrow().reflections());
            IntervalCheck.check(read);
            int[] ids = new Random(SEED).ints(20, 0, 50).toArray();
            assertThat(new ReferenceInference(read).logits(ids))
                    .isDeepEqualTo(new ReferenceInference(written).logits(ids));
            IntegerModelFile.write(read, folder.resolve("again.cgm"));
        }
        assertThat(Files.readAllBytes(folder.resolve("again.cgm"))).isEqualTo(bytes);
    }

    @Test
    void everyTruncationIsRefused() {
        Random random = new Random(SEED);
        for (int i = 0; i < 400; i++) {
            int length = i < 300 ? i * 16 : random.nextInt(bytes.length);
            byte[] cut = Arrays.copyOf(bytes, length);
            refused(cut, "truncated");
            if (length >= 64) {
                // Also when the header agrees with the shortened length and content.
                ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putLong(16, length);
                refused(cut, "digest");
                refused(ModelFileSeal.sealed(cut), "");
            }
        }
    }

    @Test
    void trailingBytesAreRefused() {
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 64);
        refused(longer, "trailing bytes");
        ByteBuffer.wrap(longer).order(ByteOrder.LITTLE_ENDIAN).putLong(16, longer.length);
        refused(ModelFileSeal.sealed(longer), "64 bytes after the last section");
    }

    @Test
    void magicVersionAndCountAreChecked() {
        refused(patched(0, 'c'), "wrong magic");
        refused(patched(8, 1), "version 1, but this program reads version 4; run quantize again");
        refused(patched(12, 1), "1 sections");
        refused(patched(24, ~bytes[24]), "damaged; run quantize again");
        refused(patched(56, 1), "header is not zero at byte 56");
    }

    @Test
    void sectionHeadersArePinned() {
        int first = 64;
        refused(sealed(first, 'X'), "section META is missing at byte 64");
        refused(sealed(first + 4, 0), "section META is missing at byte 64");
        refused(sealed(first + 8, 1), "");
        refused(sealed(first + 15, 0x7f), "longer than the file");
        refused(sealed(first + 20, 1), "header of section META is not zero");
    }

    @Test
    void everyFlippedBitIsNoticed() {
        Random random = new Random(SEED);
        for (int i = 0; i < 200; i++) {
            byte[] flipped = bytes.clone();
            flipped[i < 64 ? i : random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            refused(flipped, "");
        }
    }

    /// Behind the digest, no flipped bit outside the tensors goes unnoticed or ends in another exception.
    @Test
    void flippedHeaderBitsNeverSurprise() {
        Random random = new Random(SEED);
        for (int i = 0; i < 600; i++) {
            int at = random.nextInt(1200);
            byte[] flipped = bytes.clone();
            flipped[at] ^= (byte) (1 << random.nextInt(8));
            flipped = ModelFileSeal.sealed(flipped);
            try {
                IntegerModel read = IntegerModelFile.read(NAME, MemorySegment.ofArray(flipped));
                // A changed number that is still well formed: the file is another model's, byte for byte.
                IntegerModelFile.write(read, folder.resolve("flipped.cgm"));
                assertThat(Files.readAllBytes(folder.resolve("flipped.cgm")))
                        .as("seed %d, byte %d", SEED, at)
                        .isEqualTo(flipped);
            } catch (FileFormatException e) {
                assertThat(e).hasMessageStartingWith(NAME + ": ");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    /// Whatever a file says of the softmax: one line, before anything is built of it.
    @Test
    void senselessTablesOfTheSoftmaxAreRefused() {
        int rMax = fixture.model().softmax().rMax();
        ByteBuffer content = ByteBuffer.wrap(bytes.clone()).order(ByteOrder.LITTLE_ENDIAN);
        int at = 64;
        while (content.getInt(at) != rMax) {
            at++;
        }
        for (int wrong : new int[] {0, -1, -5, Integer.MIN_VALUE}) {
            content.putInt(at, wrong);
            refused(ModelFileSeal.sealed(content.array()), "the largest row sum is " + wrong);
        }
        SoftmaxTables s = fixture.model().softmax();
        int[] exp = s.exp().clone();
        exp[1] = -1;
        assertThatThrownBy(() -> new SoftmaxTables(s.expBits(), s.logitUnit(), exp, s.rMax()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("the exp table has a negative entry");
    }

    @Test
    void missingFileIsNamed() {
        Path missing = folder.resolve("missing.cgm");
        assertThatThrownBy(() -> IntegerModelFile.map(missing, Arena.ofAuto()))
                .isInstanceOf(FileFormatException.class)
                .hasMessage(missing + ": no such file");
    }

    private static byte[] patched(int at, int value) {
        byte[] patched = bytes.clone();
        patched[at] = (byte) value;
        return patched;
    }

    private static byte[] sealed(int at, int value) {
        return ModelFileSeal.sealed(patched(at, value));
    }

    private static void refused(byte[] content, String cause) {
        assertThatThrownBy(() -> IntegerModelFile.read(NAME, MemorySegment.ofArray(content)))
                .isInstanceOf(FileFormatException.class)
                .hasMessageStartingWith(NAME + ": ")
                .hasMessageContaining(cause);
    }
}
