package dev.chagres.prove.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.remote.Wire.OtherBuildException;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Frames come back as they were; what is another build's, cut or junk is refused without reading past it.
final class WireTest {
    private static final int[] NUMBERS = {5, -1, Integer.MAX_VALUE};

    private static byte[] frame(String build) {
        return Wire.write(build, out -> {
            Wire.text(out, "\u00e9");
            Wire.ints(out, NUMBERS);
            Wire.bytes(out, new byte[] {7, 8});
        });
    }

    private static void read(byte[] bytes) throws IOException {
        DataInputStream in = Wire.read(bytes, "site 3");
        assertThat(Wire.text(in)).isEqualTo("\u00e9");
        assertThat(Wire.ints(in)).isEqualTo(NUMBERS);
        assertThat(Wire.bytes(in)).containsExactly(7, 8);
        assertThat(in.available()).isZero();
    }

    @Test
    void fieldsComeBackAsTheyWere() throws IOException {
        read(frame(Wire.build()));
    }

    @Test
    void anotherBuildOrFormatIsRefusedInOneLine() {
        assertThatThrownBy(() -> read(frame("0.0"))).isInstanceOf(OtherBuildException.class)
                .hasMessage("site 3 is another build: 0.0, here " + Wire.build());
        byte[] later = frame("0.0");
        later[0]++;
        assertThatThrownBy(() -> read(later)).isInstanceOf(OtherBuildException.class)
                .hasMessage("site 3 is another build: format 3 of tasks, here 2");
    }

    @Test
    void whatIsCutIsRefused() {
        byte[] whole = frame(Wire.build());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> read(cut)).as("%d bytes", length).isInstanceOf(IOException.class);
        }
    }

    /// No length makes a reader take memory that the bytes do not fill.
    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 13, Integer.MAX_VALUE})
    void lengthsAreThoseOfWhatIsLeft(int length) throws IOException {
        byte[] lying = Wire.write(out -> {
            out.writeInt(length);
            out.write(new byte[12]);
        });
        assertThatThrownBy(() -> Wire.bytes(Wire.read(lying, "site 3"))).isInstanceOf(IOException.class)
                .hasMessage("a field of " + length + " bytes, 12 bytes are left");
        assertThatThrownBy(() -> Wire.ints(Wire.read(lying, "site 3"))).isInstanceOf(IOException.class)
                .hasMessage("a field of " + length + " numbers, 12 bytes are left");
        ByteBuffer.wrap(lying).putInt(lying.length - 16, 3);
        assertThat(Wire.ints(Wire.read(lying, "site 3"))).containsExactly(0, 0, 0);
    }

    @Test
    void junkIsRefused() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2000; i++) {
            byte[] junk = new byte[random.nextInt(64)];
            random.nextBytes(junk);
            if (junk.length > 0 && i % 2 == 0) {
                junk[0] = Wire.VERSION;
            }
            assertThatThrownBy(() -> Wire.read(junk, "site 3")).as("%s", Arrays.toString(junk))
                    .isInstanceOfAny(IOException.class, OtherBuildException.class);
        }
    }
}
