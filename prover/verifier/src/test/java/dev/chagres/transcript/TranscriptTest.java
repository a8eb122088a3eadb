package dev.chagres.transcript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.M31;
import dev.chagres.field.QM31;
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

    /// The test values of docs/protocol.md, section 2.
    @Test
    void stepsGiveTheDocumentedStates() {
        Transcript t = Transcript.start("chagres/1");
        assertThat(hex(t)).isEqualTo("3db44fdaf36a5ddbd44542696fb7e5ccfb366ba05499a05d22e17caa5154910d");
        t.absorb("statement", new byte[] {1, 2, 3});
        assertThat(hex(t)).isEqualTo("410d4d1addec8f5caee328fbd147bc36cbbce645afcf507e415c7b13c0f8c428");
        assertThat(t.challenges("lookup", 2)).containsExactly(new QM31(1552993487, 367781045, 1234522295, 1353973337),
                new QM31(1221211148, 1573120452, 66964026, 1733673955));
        assertThat(hex(t)).isEqualTo("30e696aceae0346e3f4b9101afde29b4a0203865110cde65c5c943b9c9c3a285");
        assertThat(t.positions("open/query", 5, 10)).containsExactly(160, 661, 787, 455, 865);
        assertThat(hex(t)).isEqualTo("799a05aca6952ca3a590d922ff0a6940686c989f0c06ec219b76e955404fab8e");
        assertThat(t.acceptNonce("open/grind.", 12, 3833)).isFalse();
        assertThat(hex(t)).isEqualTo("799a05aca6952ca3a590d922ff0a6940686c989f0c06ec219b76e955404fab8e");
        assertThat(t.acceptNonce("open/grind.", 12, 3834)).isTrue();
        assertThat(hex(t)).isEqualTo("0009ca391e146f728fda226d3462be08462efb43f83b389d274b006e07808f72");
        assertThat(hex(t.fork(3))).isEqualTo("3af0a90c54936b8e2c207f7be5fa647c01fc719bba0c68f5df0e7e6f6d5da51b");
        assertThat(hex(t)).isEqualTo("0009ca391e146f728fda226d3462be08462efb43f83b389d274b006e07808f72");
    }
}
