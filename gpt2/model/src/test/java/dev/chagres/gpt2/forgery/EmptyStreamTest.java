package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MerkleProof;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.graph.Graph;
import dev.chagres.graph.Width;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.Positions;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tokenizer.TokenizerInfo;
import java.util.Collections;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How far one comes without model and witness, and what the verifier needs until then: whoever sends proofs can make
/// it do all of this.
class EmptyStreamTest {
    private static final int BOUND = 255;
    private static final ExponentialTable EXPONENTIAL = new ExponentialTable(13, 0.01);

    static VerifyingKey key(int layers, int heads, int headWidth, int width, int mlp, int vocabulary, int context) {
        int difference = 2 * Width.heads(1, headWidth).padded() * BOUND * BOUND + 100;
        Interval u = new Interval(-300, 300);
        LayerSpec layer = SpecEdits.plain(10, u, 10, u, 10, u, 1, 10, -300, 601, 1);
        DecoderSpec spec = new DecoderSpec(
                SpecEdits.shape(layers, heads, headWidth, width, mlp, vocabulary, context), new Positions.Learned(), 0,
                Collections.nCopies(16, 1 << 14), 14, 12, EXPONENTIAL, 14, difference + EXPONENTIAL.support(),
                difference, BOUND, BOUND, 0, Collections.nCopies(layers, layer));
        return new VerifyingKey("empty", TokenizerInfo.NONE, spec, CommitmentParameters.of(14, 100, 0, 12),
                new byte[MerkleProof.NODE_BYTES]);
    }

    /// One row; several heads, blocks and layers; padded channels; many generated ids, which once took memory by their
    /// square.
    @ParameterizedTest
    @CsvSource({"1, 1, 16, 16, 16, 20, 32, 1", "2, 3, 12, 72, 100, 50, 512, 300",
        "1, 1, 16, 16, 16, 1050, 20000, 12000"})
    void everythingBeforeTheKeyCanBeSatisfied(
            int layers, int heads, int headWidth, int width, int mlp, int vocabulary, int context, int generated) {
        VerifyingKey key = key(layers, heads, headWidth, width, mlp, vocabulary, context);
        TokenSequence about = new TokenSequence(new SplittableRandom(2).ints(generated + 1, 0, vocabulary).toArray(),
                1);
        Graph graph = key.spec().compile(about).graph();
        byte[] stream = EmptyStream.of((DecoderSpec) key.spec(), graph, key.parameters(),
                Verifier.publicInput(key, about, Binding.NONE));
        Verdict verdict = new Verifier(key).verify(new Proof(key.digest(), about, stream).encode());
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).check()).as(verdict.toString()).isEqualTo("open/merkle");
    }
}
