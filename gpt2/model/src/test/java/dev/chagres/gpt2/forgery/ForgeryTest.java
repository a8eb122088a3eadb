package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.AddressSpace;
import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.OpeningLength;
import dev.chagres.commit.OpeningTags;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.graph.Graph;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.WriteSpec;
import dev.chagres.proof.Proof;
import dev.chagres.proof.ProofLength;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Forgeries of whole proofs: each breaks one constraint with a prover that is consistent elsewhere.
class ForgeryTest {
    @TempDir
    private static Path folder;

    private static CheatingProver prover;
    private static byte[] honest;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x32x20x32", 3);
        honest = prover.prove(prover.sequence, Map.of(), prover.verifyingKey.parameters(),
                CheatingProver::nothing, CheatingProver::nothing);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    private static Verdict verify(byte[] proof) {
        return new Verifier(prover.verifyingKey).verify(proof);
    }

    private static void rejected(Verdict verdict, String... checks) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        String check = ((Verdict.Rejected) verdict).check();
        if (checks.length > 0) {
            assertThat(Arrays.stream(checks).anyMatch(check::startsWith)).as("check %s", check).isTrue();
        }
    }

    @Test
    void theHonestProofIsAccepted() {
        assertThat(verify(honest)).isInstanceOf(Verdict.Accepted.class);
    }

    // --- 1: public values -----------------------------------------------------------------------------

    @Test
    void publicValuesAreBound() throws Rejection {
        Proof file = Proof.decode(honest);
        int[] ids = file.sequence().ids();
        int prompt = file.sequence().promptLength();
        for (int i = 0; i < ids.length; i++) {
            int[] other = ids.clone();
            other[i] = (other[i] + 1) % 20;
            rejected(verify(new Proof(file.keyDigest(), new TokenSequence(other, prompt), file.stream()).encode()));
        }
        rejected(verify(new Proof(file.keyDigest(), new TokenSequence(ids, prompt + 1), file.stream()).encode()));
        for (byte[] other : new byte[][] {{0}, {1, 2, 3}, new byte[Binding.MAX_BYTES]}) {
            Proof bound = new Proof(file.keyDigest(), file.sequence(), Binding.of(other), file.stream());
            rejected(verify(bound.encode()), "grind/lookup", "format/", "lookup/");
        }
        byte[] digest = file.keyDigest().clone();
        digest[7] ^= 1;
        rejected(verify(new Proof(digest, file.sequence(), file.stream()).encode()), "statement/key");
    }

    @Test
    void aProofOfAnotherModelIsRejected() throws IOException {
        try (CheatingProver other = new CheatingProver(folder, "1x2x32x20x32", 4)) {
            byte[] proof = other.prove(other.sequence, Map.of(), other.verifyingKey.parameters(),
                    CheatingProver::nothing, CheatingProver::nothing);
            rejected(verify(proof), "statement/key");
            System.arraycopy(prover.verifyingKey.digest(), 0, proof, 8, 32);
            rejected(verify(proof));
        }
    }

    // --- 4: lookups -----------------------------------------------------------------------------------

    @Test
    void valuesOutsideTheirTableAreRejected() {
        // A function value that no entry has, an index past the table, a mantissa and a remainder out of range.
        List<Consumer<CheatingProver.Run>> lies = List.of(
                r -> r.data("layer0.up.out").set(5, r.data("layer0.up.out").get(5) + 1),
                r -> r.data("layer0.query.u").set(5, 1 << 28),
                r -> r.data("layer0.norm1.m").set(9, 2048),
                r -> r.virtual("layer0.query.rem").set(9, 1 << 16),
                r -> r.virtual("layer0.norm1.exponentPair").set(9, 0));
        for (Consumer<CheatingProver.Run> lie : lies) {
            rejected(prover.verdict(lie, CheatingProver::nothing), "lookup/", "sumcheck/");
        }
    }

    // --- 5: integers ----------------------------------------------------------------------------------

    @Test
    void thePeakMustBeReadWhereTheBitsSay() {
        rejected(prover.verdict(r -> r.data("layer0.norm1.channelBit0").set(2,
                1 - r.data("layer0.norm1.channelBit0").get(2)), CheatingProver::nothing), "sumcheck/squares");
        rejected(prover.verdict(r -> r.data("layer0.norm1.channelBit1").set(2, 2), CheatingProver::nothing),
                "sumcheck/squares");
    }

    @Test
    void aWrongChoiceIsRejected() {
        int[] ids = prover.sequence.ids();
        for (int other = 0; other < 20; other++) {
            int[] wrong = ids.clone();
            if (wrong[wrong.length - 1] == other) {
                continue;
            }
            wrong[wrong.length - 1] = other;
            rejected(prover.verdict(new TokenSequence(wrong, prover.sequence.promptLength()), Map.of(),
                    prover.verifyingKey.parameters(), CheatingProver::nothing, CheatingProver::nothing));
        }
    }

    @Test
    void keysAtPaddedRowsAreForced() {
        rejected(prover.verdict(r -> {
            HostTensor k = r.data("layer0.key.out");
            k.set(15, k.get(15) == 127 ? 126 : k.get(15) + 1);
            r.again("layer0.key");
        }, CheatingProver::nothing), "lookup/balance");
    }

    // --- 6: weights and tables ------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"layer0.query.weight", "layer0.down.bias", "embedding.token", "embedding.position",
        "head.weight", "layer0.activation.out", "exp.at", "exp.before", "norm.rsqrt.out"})
    void weightsAndTablesAreThoseOfTheKey(String name) {
        try (Arena arena = Arena.ofShared()) {
            HostTensor own = prover.keyTensor(name);
            MemorySegment copy = arena.allocate(own.data().byteSize(), 64);
            copy.copyFrom(own.data());
            HostTensor altered = new HostTensor(copy, own.width());
            for (int i = 0; i < Math.min(64, altered.size()); i++) {
                altered.set(i, altered.get(i) + (altered.get(i) > 0 ? -1 : 1));
            }
            rejected(prover.verdict(prover.sequence, Map.of(name, altered), prover.verifyingKey.parameters(),
                    CheatingProver::nothing, CheatingProver::nothing), "open/", "lookup/", "sumcheck/");
        }
    }

    /// Everything is computed from the angles of another base: only the commitment of the key notices.
    @Test
    void tablesOfTheRotationAreThoseOfTheKey() throws IOException {
        try (CheatingProver rotary = CheatingProver.rotary(folder, 11)) {
            Forged forged = DecoderLies.otherAngles(rotary);
            assertThat(MutantVerdict.of(forged.key(), forged.proof())).isEqualTo("open/final");
        }
    }

    /// A prover that runs another graph: one public number of the model is another one.
    @Test
    void publicNumbersAreThoseOfTheKey() {
        DecoderSpec own = prover.spec();
        LayerSpec l = own.layers().getFirst();
        List<Integer> eps = new ArrayList<>(own.eps());
        eps.set(3, eps.get(3) + 1);
        Map<String, DecoderSpec> others = new LinkedHashMap<>();
        others.put("eps", spec(eps, own.normShift(), own.exponential(), own.maskOffset(), l));
        others.put("norm shift", spec(own.eps(), own.normShift() + 1, own.exponential(),
                own.maskOffset(), l));
        ExponentialTable exponential = own.exponential();
        others.put("unit of a score", spec(own.eps(), own.normShift(),
                new ExponentialTable(exponential.bits(), Math.nextUp(exponential.unit())), own.maskOffset() + 1, l));
        others.put("exp bits", spec(own.eps(), own.normShift(),
                new ExponentialTable(exponential.bits() - 1, exponential.unit()), own.maskOffset(), l));
        others.put("mask", spec(own.eps(), own.normShift(), own.exponential(), own.maskOffset() + 1, l));
        others.put("shift", spec(own.eps(), own.normShift(), own.exponential(), own.maskOffset(),
                with(l, l.output(), new MlpSpec.Plain(l.mlp().shift() + 1, l.mlp().base() / 2,
                        l.mlp().entries() / 2 + 1))));
        others.put("residual shift", spec(own.eps(), own.normShift(), own.exponential(), own.maskOffset(),
                with(l, new WriteSpec(l.output().shift() == 3 ? 2 : 3, l.output().quotient()), l.mlp())));
        others.put("table base", spec(own.eps(), own.normShift(), own.exponential(), own.maskOffset(),
                with(l, l.output(),
                        new MlpSpec.Plain(l.mlp().shift(), l.mlp().base() - 1, l.mlp().entries()))));
        others.forEach((what, other) -> {
            try (CheatingProver.Run r = prover.new Run(other, prover.sequence, Map.of())) {
                assertThat(Outcome.of(prover, r, Moves.NONE, false).check()).as(what)
                        .matches("(sumcheck|lookup|attention|open|format)/.*");
            }
        });
    }

    private static DecoderSpec spec(List<Integer> eps, int normShift, ExponentialTable exponential, int maskOffset,
            LayerSpec layer) {
        DecoderSpec own = prover.spec();
        return SpecEdits.with(own, own.shape(), eps, normShift, exponential, maskOffset, own.reach() + 1,
                List.of(layer));
    }

    private static LayerSpec with(LayerSpec l, WriteSpec output, MlpSpec mlp) {
        return new LayerSpec(l.query(), l.key(), l.value(), output, mlp, l.down());
    }

    // --- 10: parameters -------------------------------------------------------------------------------

    @Test
    void weakerParametersAreRejected() {
        int k = prover.verifyingKey.parameters().k();
        for (CommitmentParameters weaker : List.of(CommitmentParameters.of(k, 50, 20, 16),
                CommitmentParameters.of(k, 100, 10, 16), CommitmentParameters.of(k, 100, 20, 0))) {
            rejected(prover.verdict(prover.sequence, Map.of(), weaker, CheatingProver::nothing,
                    CheatingProver::nothing));
        }
    }

    // --- 12: bytes ------------------------------------------------------------------------------------

    @Test
    void flippedBitsAreRejected() {
        SplittableRandom random = new SplittableRandom(12);
        for (int at = 0; at < honest.length; at += at < 4096 ? 13 : 521) {
            byte[] proof = honest.clone();
            proof[at] ^= (byte) (1 << random.nextInt(8));
            rejected(verify(proof));
        }
    }

    /// All of the longest proof is known but the opened columns and their siblings: nothing is counted too often.
    @Test
    void theLongestProofIsAsLongAsItsMessages() {
        long[] sent = new long[2];
        Set<String> opening = Set.of(OpeningTags.BATCH, OpeningTags.VALUE, OpeningTags.ROOT, OpeningTags.FOLD,
                OpeningTags.CLEAR);
        prover.prove(prover.sequence, Map.of(), prover.verifyingKey.parameters(), CheatingProver::nothing,
                CheatingProver::nothing, new ProverOptions(false, (tag, data) -> {
                    sent[opening.contains(tag) ? 1 : 0] += data.length;
                    return data;
                }));
        CommitmentParameters p = prover.verifyingKey.parameters();
        Graph graph = prover.spec().compile(prover.sequence).graph();
        long opened = OpeningLength.longest(
                p, new AddressSpace(MatrixLayout.of(graph.witnessColumns(), p.k()),
                        MatrixLayout.of(graph.keyColumns(), p.k())));
        assertThat(ProofLength.longest(prover.verifyingKey, prover.sequence)).isEqualTo(sent[0] + 8 + opened);
        // Distinct positions are fewer than those drawn and lie closer than they could.
        int start = 48 + 4 * prover.sequence.ids().length + 4;
        assertThat(sent[0] + 8 + opened + start).isBetween((long) honest.length, honest.length * 3L / 2);
        assertThat(opened).isGreaterThan(sent[1]);
    }

    @Test
    void otherLengthsAreRejected() {
        SplittableRandom random = new SplittableRandom(13);
        for (int i = 0; i < 60; i++) {
            rejected(verify(Arrays.copyOf(honest, i < 20 ? i : random.nextInt(honest.length))), "format/");
        }
        rejected(verify(Arrays.copyOf(honest, honest.length + 1)), "format/trailing");
        rejected(verify(Arrays.copyOf(honest, honest.length + 1000)), "format/trailing");
        int start = 48 + 4 * prover.sequence.ids().length + 4;
        int longest = start + (int) ProofLength.longest(prover.verifyingKey, prover.sequence);
        rejected(verify(Arrays.copyOf(honest, longest)), "format/trailing");
        rejected(verify(Arrays.copyOf(honest, longest + 1)), "format/length");
        rejected(verify(Arrays.copyOf(honest, 2 * longest)), "format/length");
        byte[] noise = new byte[5000];
        random.nextBytes(noise);
        rejected(verify(noise), "format/header");
        byte[] huge = honest.clone();
        Arrays.fill(huge, 40, 48, (byte) 0x7f);
        rejected(verify(huge), "format/ids");
    }
}
