package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.MerkleProof;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.proof.Proof;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Keys made by an attacker: too weak, too large, or out of every bound. A key is refused when it is read, or every
/// proof for it gets a verdict; nothing else is thrown and nothing takes long.
class KeyForgeryTest {
    private static final int[] EXTREMES = {0, 1, -1, 7, 31, 64, 255, 4096, 1 << 16, (1 << 16) - 1, 1 << 18,
        (1 << 20) - 1, 1 << 20, 1 << 24, 1 << 29, 1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE};
    private static final double SECONDS = 5;

    @TempDir
    private static Path folder;

    private static CheatingProver prover;
    private static byte[] honest;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x32x20x32", 8);
        honest = prover.prove(prover.sequence, Map.of(), prover.verifyingKey.parameters(), CheatingProver::nothing,
                CheatingProver::nothing);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    // --- security -------------------------------------------------------------------------------------

    /// An honest proof for a key that asks for too little: whoever made the key could as well have forged it.
    @ParameterizedTest
    @CsvSource({"1, 0, 0", "60, 20, 16", "99, 20, 16", "100, 20, 6"})
    void aKeyBelowTheMinimumIsRejected(int target, int grinding, int lookupGrinding) {
        VerifyingKey own = prover.verifyingKey;
        CommitmentParameters weak =
                CommitmentParameters.of(own.parameters().k(), target, grinding, lookupGrinding);
        VerifyingKey key = new VerifyingKey(own.name(), own.tokenizer(), own.spec(), weak, own.root());
        byte[] proof = prover.prove(key, prover.sequence, Map.of(), CheatingProver::nothing, CheatingProver::nothing,
                ProverOptions.UNCHECKED);
        Verdict verdict = new Verifier(VerifyingKey.decode(key.encode())).verify(proof);
        if (target == 100) {
            // A short sequence has few lookups: the account, not a parameter, decides.
            assertThat(verdict).isInstanceOf(Verdict.Accepted.class);
        } else {
            assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
            assertThat(((Verdict.Rejected) verdict).check()).isEqualTo("key/security");
        }
    }

    /// A draw of the ladder next to what the key asks for; all else is worth more. 183 queries at rate 1/2 with 24 bits
    /// of work are worth 99.95 bits, 80 at 1/16 with 27 bits 100.003; 207 and 24: 109.91, 91 and 27: 110.04. With
    /// enough the empty proof fails later. A target below 100 changes nothing.
    @ParameterizedTest
    @CsvSource({"100, 1, 183, 24, key/security", "100, 1, 184, 24, grind/lookup", "100, 4, 80, 27, grind/lookup",
        "1, 1, 183, 24, key/security", "1, 4, 80, 27, grind/lookup", "101, 4, 80, 27, key/security",
        "110, 1, 207, 24, key/security", "110, 1, 208, 24, grind/lookup", "110, 4, 91, 27, grind/lookup",
        "110, 4, 90, 27, key/security", "111, 4, 91, 27, key/security"})
    void keysNextToATarget(int target, int rateBits, int queries, int work, String check) {
        VerifyingKey own = prover.verifyingKey;
        int k = own.parameters().k();
        CommitmentParameters parameters = new CommitmentParameters(k, 1, 300, 20, 5,
                List.of(new Level(k - 9, rateBits, queries, work, 5)), 20, target);
        VerifyingKey key = VerifyingKey.decode(
                new VerifyingKey(own.name(), own.tokenizer(), own.spec(), parameters, own.root()).encode());
        byte[] proof = new Proof(key.digest(), prover.sequence, new byte[100]).encode();
        Verdict verdict = new Verifier(key).verify(proof);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).check()).isEqualTo(check);
    }

    // --- sizes ----------------------------------------------------------------------------------------

    /// A table like that of the model, but sums of a row of this context are one residue class.
    private static ExponentialTable exponential(int context) {
        ExponentialTable own = prover.spec().exponential();
        int bits = Math.min(own.bits(), TableDefinitions.expBits(context));
        return new ExponentialTable(bits, Math.max(own.unit(), Math.scalb(4.0, -bits)));
    }

    private static DecoderSpec spec(ModelShape shape) {
        DecoderSpec own = prover.spec();
        List<LayerSpec> layers = Collections.nCopies(shape.layers(), own.layers().getFirst());
        ExponentialTable exponential = exponential(shape.context());
        return SpecEdits.with(own, shape, exponential, layers);
    }

    @ParameterizedTest
    @CsvSource({"4096, 1, 1, 16, 16, 20, 32", "256, 4096, 1, 16, 16, 20, 32", "256, 1, 4, 2048, 1048576, 20, 32",
        "1, 4096, 4, 2048, 16, 16777216, 1048576", "1, 1, 4, 65536, 16, 20, 32"})
    void modelsWithoutBoundAreRefused(int layers, int heads, int headWidth, int width, int mlp, int vocab,
            int context) {
        ModelShape shape = SpecEdits.shape(layers, heads, headWidth, width, mlp, vocab, context);
        assertThatThrownBy(() -> spec(shape)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"46210", "200000", "1048577"})
    void sequencesWithTooManyLookupsAreRejected(int ids) {
        ModelShape s = prover.spec().shape();
        DecoderSpec spec = spec(SpecEdits.withTokens(s, s.vocab(), 1 << 20, s.endOfText()));
        VerifyingKey own = prover.verifyingKey;
        VerifyingKey key = VerifyingKey.decode(
                new VerifyingKey(own.name(), own.tokenizer(), spec, own.parameters(), own.root()).encode());
        byte[] proof = new Proof(key.digest(), new TokenSequence(new int[ids], 1), new byte[100]).encode();
        Verdict verdict = new Verifier(key).verify(proof);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).check()).isEqualTo("statement/lookups");
    }

    /// Not even one row can be proved: the key is read, for nothing in its format is wrong, and every proof is
    /// rejected.
    @Test
    void aKeyWithTooManyLookupsForOneRowIsReadAndProvesNothing() {
        DecoderSpec spec = spec(SpecEdits.shape(256, 1, 1, 16, 1 << 20, 20, 32));
        VerifyingKey key = VerifyingKey.decode(
                new VerifyingKey("large", prover.verifyingKey.tokenizer(), spec, CommitmentParameters.forKey(19),
                        new byte[MerkleProof.NODE_BYTES]).encode());
        byte[] proof = new Proof(key.digest(), new TokenSequence(new int[2], 1), new byte[100]).encode();
        Verdict verdict = new Verifier(key).verify(proof);
        assertThat(((Verdict.Rejected) verdict).check()).isEqualTo("statement/lookups");
    }

    /// The longest sequence is looked for among thousands of lengths.
    @Test
    @Timeout(30)
    void theLongestSequenceOfALongContextIsFoundQuickly() {
        VerifyingKey own = prover.verifyingKey;
        ModelShape s = prover.spec().shape();
        for (int mlp : new int[] {s.mlpWidth(), 1 << 20}) {
            DecoderSpec spec = spec(SpecEdits.shape(1, 1, s.headWidth(), s.width(), mlp, s.vocab(), 1 << 20));
            VerifyingKey key = new VerifyingKey(own.name(), own.tokenizer(), spec, CommitmentParameters.forKey(19),
                    own.root());
            long fractions = ProofSecurity.longest(key).account().steps().stream()
                    .filter(step -> step.name().equals("lookups"))
                    .mapToLong(step -> step.bad().longValueExact() / 5).findFirst().orElseThrow();
            // Every table has less than p, the largest one nearly as many, and there are about twenty.
            assertThat(fractions).isBetween(1L << 30, 20L << 31);
        }
    }

    /// A key of the size of GPT-2 XL: 1024 rows need more than p lookups in all, but less than p of every table; its
    /// proofs are worth 100 bits. With twice the heads the exponential alone is looked up 1.4 billion times, and 300
    /// positions more are too many.
    @ParameterizedTest
    @CsvSource({"25, 1024, grind/lookup", "50, 1024, grind/lookup", "50, 1408, statement/lookups"})
    void lookupsOfALargeModelAreCountedByTable(int heads, int rows, String check) {
        DecoderSpec own = prover.spec();
        int difference = 2 * 64 * own.qkBound() * own.qkBound() + 100;
        ExponentialTable exponential = exponential(2048);
        int support = exponential.support();
        DecoderSpec large = SpecEdits.with(own, SpecEdits.shape(48, heads, 64, 1600, 6400, 50257, 2048, 50256),
                own.eps(), own.normShift(), exponential, difference + support, difference,
                Collections.nCopies(48, own.layers().getFirst()));
        VerifyingKey key = VerifyingKey.decode(new VerifyingKey("large", prover.verifyingKey.tokenizer(), large,
                CommitmentParameters.forKey(19), new byte[MerkleProof.NODE_BYTES]).encode());
        TokenSequence sequence = new TokenSequence(new int[rows + 1], rows - 15);
        byte[] proof = new Proof(key.digest(), sequence, new byte[100]).encode();
        Verdict verdict = new Verifier(key).verify(proof);
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        assertThat(((Verdict.Rejected) verdict).check()).isEqualTo(check);
        assertThat(ProofSecurity.longest(key).account().level()).isEqualTo(100);
    }

    // --- numbers --------------------------------------------------------------------------------------

    /// Keys of models with learned and with rotated positions.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anyNumberInAKeyIsRefusedOrHarmless(boolean rotary) throws IOException {
        if (rotary) {
            try (CheatingProver p = CheatingProver.rotary(folder, 11)) {
                anyNumber(p.verifyingKey.encode(), p.prove(p.sequence, Map.of(), p.verifyingKey.parameters(),
                        CheatingProver::nothing, CheatingProver::nothing));
            }
        } else {
            anyNumber(prover.verifyingKey.encode(), honest);
        }
    }

    private static void anyNumber(byte[] encoded, byte[] proof) {
        List<String> failures = new ArrayList<>();
        int[] decoded = {0};
        // The description and what follows are whole words before the end.
        for (int at = 8 + (encoded.length - 8 - MerkleProof.NODE_BYTES) % 4;
                at + MerkleProof.NODE_BYTES < encoded.length; at += 4) {
            for (int value : EXTREMES) {
                attack(encoded, proof, forged(encoded, at, value), "offset " + at + " := " + value, failures, decoded);
            }
        }
        SplittableRandom random = new SplittableRandom(9);
        for (int i = 0; i < 3000; i++) {
            byte[] forged = encoded;
            for (int n = random.nextInt(2, 5); n > 0; n--) {
                forged = forged(forged, encoded.length % 4 + 4 * random.nextInt(2, encoded.length / 4 - 8),
                        EXTREMES[random.nextInt(EXTREMES.length)]);
            }
            attack(encoded, proof, forged, "random key " + i, failures, decoded);
        }
        assertThat(decoded[0]).as("keys that were read").isGreaterThan(100);
        assertThat(failures).isEmpty();
    }

    private static byte[] forged(byte[] encoded, int at, int value) {
        byte[] forged = encoded.clone();
        ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return forged;
    }

    /// Reads a key and verifies a proof, made for another one, that names it.
    private static void attack(byte[] own, byte[] honest, byte[] bytes, String what, List<String> failures,
            int[] decoded) {
        long start = System.nanoTime();
        VerifyingKey key;
        try {
            key = VerifyingKey.decode(bytes);
        } catch (IllegalArgumentException refused) {
            return;
        }
        decoded[0]++;
        byte[] proof = honest.clone();
        System.arraycopy(key.digest(), 0, proof, 8, 32);
        try {
            if (new Verifier(key).verify(proof).accepted() != java.util.Arrays.equals(bytes, own)) {
                failures.add(what + ": the verdict is wrong");
            }
        } catch (RuntimeException | OutOfMemoryError thrown) {
            failures.add(what + ": throws " + thrown);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (seconds > SECONDS) {
            failures.add(what + ": takes " + seconds + " s");
        }
    }
}
