package dev.chagres.transcript;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/// The test values of docs/protocol.md, section 2.
class TranscriptTest {
    private static String hex(Transcript t) {
        return HexFormat.of().formatHex(t.state());
    }

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
