package dev.chagres.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
import dev.chagres.hash.Blake3Mode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Two different sequences of steps never lead to the same state.
class TranscriptTest {
    private static final QM31 ONE = QM31.ONE;
    private static final QM31 TWO = QM31.of(2);

    private static String state(Consumer<Transcript> steps) {
        Transcript t = Transcript.start("test");
        steps.accept(t);
        return HexFormat.of().formatHex(t.state());
    }

    @Test
    void boundariesTagsAndZerosAreAbsorbed() {
        List<Consumer<Transcript>> different = List.of(
                t -> { },
                t -> t.absorb("a", new byte[0]),
                t -> t.absorb("", new byte[] {'a'}),
                t -> t.absorb("ab", new byte[] {'c'}),
                t -> t.absorb("a", new byte[] {'b', 'c'}),
                t -> t.absorb("abc", new byte[0]),
                t -> {
                    t.absorb("a", new byte[] {'b'});
                    t.absorb("a", new byte[] {'c'});
                },
                t -> t.absorb("a", new byte[] {'b', 'c', 0}),
                t -> t.absorb("a", ONE, TWO),
                t -> {
                    t.absorb("a", ONE);
                    t.absorb("a", TWO);
                },
                t -> t.absorb("a", ONE, TWO, QM31.ZERO),
                t -> t.absorb("a", QM31.ZERO, ONE, TWO),
                t -> t.absorb("a", TWO, ONE),
                t -> t.absorb("b", ONE, TWO),
                t -> t.challenge("a"),
                t -> t.challenge("b"),
                t -> {
                    t.challenge("a");
                    t.challenge("a");
                },
                t -> t.acceptNonce("a", 0, 0),
                t -> t.acceptNonce("a", 0, 1),
                t -> t.acceptNonce("b", 0, 0),
                t -> t.absorb("a", new byte[8]));
        Set<String> states = new TreeSet<>();
        different.forEach(steps -> states.add(state(steps)));
        for (int fork = 0; fork < 3; fork++) {
            states.add(HexFormat.of().formatHex(Transcript.start("test").fork(fork).state()));
        }
        states.add(HexFormat.of().formatHex(Transcript.start("tesu").state()));
        assertThat(states).hasSize(different.size() + 4);
    }

    @Test
    void everyBitOfAMessageChangesAllThatIsDrawnLater() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] message = new byte[48];
        random.nextBytes(message);
        Transcript honest = Transcript.start("test");
        honest.absorb("message", message);
        QM31[] drawn = honest.challenges("challenge", 3);
        int[] positions = honest.positions("query", 40, 20);
        for (int bit = 0; bit < 8 * message.length; bit++) {
            byte[] other = message.clone();
            other[bit / 8] ^= (byte) (1 << bit % 8);
            Transcript t = Transcript.start("test");
            t.absorb("message", other);
            QM31[] c = t.challenges("challenge", 3);
            for (int i = 0; i < c.length; i++) {
                assertThat(c[i]).as("challenge %d after bit %d", i, bit).isNotEqualTo(drawn[i]);
            }
            assertThat(t.positions("query", 40, 20)).isNotEqualTo(positions);
        }
    }

    @Test
    void positionsAreInRangeAndFollowTheNonce() {
        Transcript honest = Transcript.start("test");
        Transcript early = Transcript.start("test");
        long nonce = honest.grind("work", 6);
        int[] after = honest.positions("query", 200, 7);
        int[] before = early.positions("query", 200, 7);
        early.acceptNonce("work", 0, nonce);
        assertThat(before).isNotEqualTo(after);
        assertThat(early.state()).isNotEqualTo(honest.state());
        assertThat(Arrays.stream(after)).allMatch(p -> p >= 0 && p < 128);
        assertThat(Arrays.stream(after).distinct().count()).as("repetitions occur").isLessThan(200);
    }

    /// A nonce is accepted for the bits it carries and for no more, and a refused nonce changes nothing.
    @Test
    void aNonceCarriesItsBitsAndNoMore() {
        List<Integer> carried = new ArrayList<>();
        for (long nonce = 0; nonce < 64; nonce++) {
            int bits = 0;
            while (Transcript.start("test").acceptNonce("work", bits + 1, nonce)) {
                bits++;
            }
            carried.add(bits);
            Transcript t = Transcript.start("test");
            byte[] state = t.state();
            assertThat(t.acceptNonce("work", bits + 1, nonce)).isFalse();
            assertThat(t.state()).isEqualTo(state);
        }
        assertThat(carried).contains(0, 1, 2, 3);
    }

    @Test
    void theVerifierReadsCanonicalElementsAndWholeMessages() throws Rejection {
        ByteBuffer b = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
        b.putInt(8, M31.P);
        assertThatThrownBy(() -> new VerifierChannel(Transcript.start("test"), b.array()).receive("a", 1))
                .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo("format/canonical"));
        assertThatThrownBy(() -> new VerifierChannel(Transcript.start("test"), new byte[15]).receive("a", 1))
                .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo("format/truncated"));
        VerifierChannel more = new VerifierChannel(Transcript.start("test"), new byte[17]);
        more.receive("a", 1);
        assertThatThrownBy(() -> more.finish("test"))
                .isInstanceOfSatisfying(Rejection.class, r -> assertThat(r.check()).isEqualTo("format/trailing"));
    }

    private static String hex(Transcript t) {
        return HexFormat.of().formatHex(t.state());
    }

    /// The key words of docs/protocol.md, section 1.
    @Test
    void contextsGiveTheDocumentedWords() {
        assertThat(words(HashContexts.LEAF))
                .isEqualTo("6962AE90 50135A31 4CD5438B 71C1AF3D B5B4E5ED 2B4BD7A9 B1AC484B 29CEB0F7");
        assertThat(words(HashContexts.NODE))
                .isEqualTo("5E5247E5 698A0B8B 99FA3EF1 8189D1D4 ABB82434 C2EBB3AC 2DC67F5D 5788A195");
        assertThat(words(HashContexts.TRANSCRIPT))
                .isEqualTo("0B7658FD 84AE2D29 31E22CC3 0A8DF5B2 DA52FBBE 1BC5DA42 E88CE3D5 658003D0");
    }

    private static String words(Blake3Mode mode) {
        return IntStream.range(0, 8).mapToObj(i -> String.format("%08X", mode.word(i)))
                .collect(Collectors.joining(" "));
    }

    /// The test values of docs/protocol.md, section 2.
    @Test
    void stepsGiveTheDocumentedStates() {
        Transcript t = Transcript.start("chagres/2");
        assertThat(hex(t)).isEqualTo("fefe98f98114903234639e7bf47d34e7c4f6374df16cb5b748055ae082f92376");
        t.absorb("statement", new byte[] {1, 2, 3});
        assertThat(hex(t)).isEqualTo("29280f1bef7a908f2e25a052f4633505e52e02dcbdcafa3f7615a04f7f256fe6");
        assertThat(t.challenges("lookup", 2)).containsExactly(new QM31(1930979835, 1691339609, 1981954080, 1949271889),
                new QM31(41417949, 450670269, 308610275, 1307540726));
        assertThat(hex(t)).isEqualTo("1b632cc8955cdaa1e3d234dd4a76865c96dec09c0372d4bf33b27c7f655bb5d0");
        assertThat(t.positions("open/query", 5, 10)).containsExactly(535, 96, 134, 613, 520);
        assertThat(hex(t)).isEqualTo("d5f9499c1fdd3541af6ee42bad4170a8c8900b676f0cb28ecaaae981748afb38");
        assertThat(t.acceptNonce("open/grind.", 12, 4495)).isFalse();
        assertThat(hex(t)).isEqualTo("d5f9499c1fdd3541af6ee42bad4170a8c8900b676f0cb28ecaaae981748afb38");
        assertThat(t.acceptNonce("open/grind.", 12, 4496)).isTrue();
        assertThat(hex(t)).isEqualTo("000306211a691547f6974e74e7a3e620fdfacf4f12939b883c1c629cb8c5e33f");
        assertThat(hex(t.fork(3))).isEqualTo("f7c7e8bbbcd59db4c9cfc51ecd2f0b3d590fb745368182a5aab5ed53e160608b");
        assertThat(hex(t)).isEqualTo("000306211a691547f6974e74e7a3e620fdfacf4f12939b883c1c629cb8c5e33f");
    }
}
