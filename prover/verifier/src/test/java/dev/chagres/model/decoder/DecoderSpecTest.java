package dev.chagres.model.decoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.model.KeyColumn;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.StatementException;
import dev.chagres.statement.TokenSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderSpecTest {
    private static final Interval U = new Interval(-300, 400);
    private static final Interval NONE = new Interval(0, 0);
    private static final ExponentialTable EXPONENTIAL = new ExponentialTable(13, 0.01);
    private static final MlpSpec.Plain PLAIN = new MlpSpec.Plain(12, -500, 1001);
    private static final MlpSpec.Gated GATED =
            new MlpSpec.Gated(9, -500, 1001, new Interval(-40, 16383), new Interval(-32767, 32000), 15);
    private static final WriteSpec NARROW = new WriteSpec(3, NONE);
    private static final WriteSpec WIDE = new WriteSpec(9, new Interval(-1000, 900));

    private static DecoderSpec spec(int keyHeads, int headWidth, int width, Positions positions, MlpSpec mlp,
            WriteSpec write, Integer... endOfText) {
        ProjectionSpec p = new ProjectionSpec(12, U);
        return spec(new ModelShape(2, 4, keyHeads, headWidth, width, 40, 30, 64, List.of(endOfText)), positions,
                new LayerSpec(p, p, p, write, mlp, NARROW));
    }

    private static DecoderSpec spec(ModelShape shape, Positions positions, LayerSpec layer) {
        int reach = 2 * 64 * 127 * 127;
        return new DecoderSpec(shape, positions, positions instanceof Positions.Rotary ? 5 : 0,
                Collections.nCopies(16, 1 << 14), 14, 12, EXPONENTIAL, 14, reach + EXPONENTIAL.support(), reach, 127,
                255, layer.mlp() instanceof MlpSpec.Gated ? 8191 : 0, Collections.nCopies(shape.layers(), layer));
    }

    static Stream<DecoderSpec> specs() {
        List<DecoderSpec> all = new ArrayList<>();
        for (Positions positions : List.of(new Positions.Learned(), new Positions.Rotary(9, 3))) {
            for (MlpSpec mlp : List.of(PLAIN, GATED)) {
                for (WriteSpec write : List.of(NARROW, WIDE)) {
                    all.add(spec(4, 16, 48, positions, mlp, write));
                    all.add(spec(2, 10, 1040, positions, mlp, write, 3));
                    all.add(spec(1, 6, 48, positions, mlp, write, 0, 7, 29));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("specs")
    void oneEncoding(DecoderSpec spec) {
        byte[] encoded = spec.encode();
        assertThat(DecoderSpec.decode(encoded)).isEqualTo(spec);
        for (int n = 0; n < encoded.length; n++) {
            int length = n;
            refused(() -> DecoderSpec.decode(Arrays.copyOf(encoded, length)), "");
        }
        refused(() -> DecoderSpec.decode(Arrays.copyOf(encoded, encoded.length + 4)), "4 bytes after");
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 3000; i++) {
            byte[] changed = encoded.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            DecoderSpec other;
            try {
                other = DecoderSpec.decode(changed);
            } catch (IllegalArgumentException e) {
                continue;
            }
            assertThat(other.encode()).isEqualTo(changed);
        }
    }

    /// The columns of the key are those that the description asks for, and no two have a name.
    @ParameterizedTest
    @MethodSource("specs")
    void keysHaveTheirColumns(DecoderSpec spec) {
        List<String> names = spec.inference(20).key().stream().map(KeyColumn::column).map(c -> c.name()).toList();
        assertThat(names).doesNotHaveDuplicates().contains("embedding.token", "layer1.down.bias", "head.weight");
        boolean rotary = spec.positions() instanceof Positions.Rotary;
        assertThat(names.contains("embedding.position")).isEqualTo(!rotary);
        assertThat(names.contains("rotation.sin")).isEqualTo(rotary);
        assertThat(names.contains("layer0.gate.weight")).isEqualTo(spec.hiddenBound() > 0);
    }

    @Test
    void anyEndOfTextIsLast() {
        DecoderSpec spec = spec(2, 10, 48, new Positions.Rotary(9, 3), GATED, WIDE, 3, 7);
        assertThat(spec.compile(new TokenSequence(new int[] {3, 7, 1, 2, 7}, 2)).graph()).isNotNull();
        for (int end : new int[] {3, 7}) {
            assertThatThrownBy(() -> spec.compile(new TokenSequence(new int[] {3, 7, 1, end, 2}, 2)))
                    .isInstanceOfSatisfying(StatementException.class,
                            e -> assertThat(e.check()).isEqualTo("statement/end-of-text"));
        }
        assertThat(spec.limits().anyId()).isZero();
        assertThat(spec(2, 10, 48, new Positions.Learned(), PLAIN, WIDE, 0, 1).limits().anyId()).isEqualTo(2);
    }

    @Test
    void shapesKeepTheirBounds() {
        refused(() -> new ModelShape(1, 4, 3, 8, 16, 16, 20, 32, List.of()), "3 key heads for 4 heads");
        refused(() -> new ModelShape(1, 4, 8, 8, 16, 16, 20, 32, List.of()), "keyHeads is 8");
        refused(() -> new ModelShape(1, 4, 4, 8, 16, 16, 20, 32, List.of(5, 5)), "not ascending");
        refused(() -> new ModelShape(1, 4, 4, 8, 16, 16, 20, 32, List.of(20)), "not ascending");
        refused(() -> new ModelShape(1, 4, 4, 8, 16, 16, 20, 32, List.of(0, 1, 2, 3, 4, 5, 6, 7, 8)), "at most 8");
        refused(() -> new ModelShape(1, 4, 4, 8, 16, 16, 2, 32, List.of(0, 1)), "every id ends a text");
        refused(() -> spec(4, 8, 4097, new Positions.Learned(), PLAIN, NARROW), "width is 4097");
    }

    @Test
    void rotationsKeepTheirBounds() {
        refused(() -> spec(4, 7, 48, new Positions.Rotary(9, 3), PLAIN, NARROW), "odd channels of a rotated head");
        refused(() -> spec(4, 8, 48, new Positions.Rotary(14, 0), PLAIN, NARROW), "scale bits");
        refused(() -> spec(4, 8, 48, new Positions.Rotary(8, 9), PLAIN, NARROW), "fraction bits");
        refused(() -> spec(4, 8, 48, new Positions.Rotary(13, 4), PLAIN, NARROW), "shift of the rotation");
        // 18 bits of y and 13 of the angle pass 2^30, 18 and 11 do not.
        ModelShape shape = new ModelShape(1, 4, 4, 8, 48, 40, 30, 64, List.of());
        ProjectionSpec wide = new ProjectionSpec(12, new Interval(-131_072, 131_071));
        LayerSpec layer = new LayerSpec(wide, wide, new ProjectionSpec(12, U), NARROW, PLAIN, NARROW);
        assertThat(spec(shape, new Positions.Rotary(11, 3), layer).rotatedBits()).isEqualTo(18);
        refused(() -> spec(shape, new Positions.Rotary(13, 3), layer), "rotated value");
        ProjectionSpec one = new ProjectionSpec(12, new Interval(-131_072, 131_072));
        LayerSpec more = new LayerSpec(wide, one, new ProjectionSpec(12, U), NARROW, PLAIN, NARROW);
        refused(() -> spec(shape, new Positions.Rotary(11, 3), more), "shift of what is rotated");
    }

    @Test
    void gatesAndWritesKeepTheirBounds() {
        Positions p = new Positions.Learned();
        Interval up = GATED.up();
        refused(() -> spec(4, 8, 48, p, new MlpSpec.Gated(15, -500, 1001, U, up, 15), NARROW), "shift of a gated MLP");
        refused(() -> spec(4, 8, 48, p, new MlpSpec.Gated(9, -500, 1001, U, up, 3), NARROW), "shift of a product");
        refused(() -> spec(4, 8, 48, p, new MlpSpec.Gated(9, -500, 1001, new Interval(0, 16384), up, 15), NARROW),
                "largest activation");
        refused(() -> spec(4, 8, 48, p, new MlpSpec.Gated(9, -500, 1001, U, new Interval(-32768, 0), 15), NARROW),
                "least factor");
        refused(() -> spec(4, 8, 48, p, PLAIN, new WriteSpec(13, U)), "residual shift");
        refused(() -> spec(4, 8, 48, p, PLAIN, new WriteSpec(3, U)), "quotient of a write");
        refused(() -> spec(4, 8, 48, p, PLAIN, new WriteSpec(4, new Interval(1, 2))), "least quotient");
        refused(() -> spec(4, 8, 48, p, PLAIN, new WriteSpec(4, new Interval(-(1 << 23), 1 << 23))),
                "number of quotients of a write");
    }

    private static void refused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
    }
}
