package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.MerkleProof;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.SyntheticFixture;
import dev.chagres.hash.Blake3;
import dev.chagres.proof.SecondVerifier.Case;
import dev.chagres.prove.TestEngines;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.key.KeySetup;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The verifier in Java and the one in docs/verifier, written from the specification alone, say the same of valid
/// proofs and of proofs and keys that were changed after they were made.
class SecondVerifierTest {
    /// The only byte of a key's tokenizer, behind the family `decoder` and the name `1x2x32x20x32`.
    private static final int TOKENIZER = 8 + 4 + 7 + 4 + 12 + 4;
    private static final int[] EXTREMES = {0, 1, -1, 31, 4096, 1 << 16, (1 << 20) - 1, 1 << 29, 1 << 30,
        Integer.MAX_VALUE, Integer.MIN_VALUE};
    /// First byte of the digest of the key, of the prompt length and of the ids in a proof.
    private static final int DIGEST = 8;
    private static final int PROMPT = 40;
    private static final int IDS = 48;

    @TempDir
    private static Path folder;

    private static final SplittableRandom RANDOM = new SplittableRandom(5);
    private static byte[] key;
    /// One row, one block, a full context; the same key.
    private static final List<byte[]> SHORT = new ArrayList<>();
    private static byte[] otherKey;
    /// Two blocks, two layers.
    private static byte[] blocks;
    private static byte[] wideKey;
    /// Several tiles of tokens.
    private static byte[] wide;

    @BeforeAll
    static void prove() throws IOException {
        key = prove("1x2x32x20x32", SHORT, 1, 1, 5, 8, 9, 24);
        List<byte[]> proofs = new ArrayList<>();
        otherKey = prove("2x3x72x50x150", proofs, 5, 146);
        wideKey = prove("1x1x16x4500x40", proofs, 3, 4);
        blocks = proofs.get(0);
        wide = proofs.get(1);
    }

    private static byte[] prove(String shape, List<byte[]> proofs, int... lengths) throws IOException {
        Path at = Files.createDirectory(folder.resolve(shape));
        Path pk = at.resolve("model.pk");
        try (SyntheticFixture fixture = new SyntheticFixture(shape, 7, Files.createDirectory(at.resolve("model")))) {
            VerifyingKey vk = KeySetup.write(new ModelKeySource(fixture.model()), pk, at.resolve("model.vk"),
                    TestHosts.of(2), Progress.NONE);
            try (ProvingKey proving = ProvingKey.open(pk)) {
                for (int i = 0; i < lengths.length; i += 2) {
                    int[] prompt = new SplittableRandom(i).ints(lengths[i], 0, vk.spec().limits().vocabulary())
                            .toArray();
                    int[] ids = TestEngines.of(2).generator(vk.spec(), proving)
                            .generate(prompt, lengths[i + 1], _ -> { });
                    proofs.add(TestEngines.of(2).prover(proving).bind(bound(i))
                            .prove(new TokenSequence(ids, lengths[i])).encode());
                }
            }
            return vk.encode();
        }
    }

    /// Nothing for the first proof of a key, random bytes for the others.
    private static Binding bound(int i) {
        byte[] bytes = new byte[5 * i];
        new SplittableRandom(i).nextBytes(bytes);
        return Binding.of(bytes);
    }

    @Test
    void bothVerifiersAgree() throws IOException {
        List<Case> cases = new ArrayList<>();
        SHORT.forEach(proof -> cases.add(new Case("valid", key, proof)));
        cases.add(new Case("valid, two blocks", otherKey, blocks));
        cases.add(new Case("valid, wide", wideKey, wide));
        changed(cases, key, SHORT.get(0), 20);
        changed(cases, key, SHORT.get(1), 90);
        changed(cases, wideKey, wide, 24);
        changed(cases, otherKey, blocks, 10);
        headers(cases);
        parts(cases);
        keys(cases);
        Map<String, List<String>> verdicts =
                SecondVerifier.requireAgreement(Files.createDirectory(folder.resolve("cases")), cases);
        assertThat(verdicts.get("accepted")).containsExactly("valid", "valid", "valid", "valid, two blocks",
                "valid, wide");
        assertThat(verdicts).containsKeys("key", "format/header", "format/ids", "format/canonical", "format/truncated",
                "format/length", "format/binding",
                "format/trailing", "statement/key", "statement/context", "statement/vocabulary", "key/security",
                "grind/lookup", "lookup/layer", "open/merkle");
    }

    /// Adds a case unless the change changed nothing.
    private static void add(List<Case> cases, String name, byte[] vk, byte[] proof, byte[] unchanged) {
        if (!Arrays.equals(proof, unchanged)) {
            cases.add(new Case(name, vk, proof));
        }
    }

    /// Bits flipped, elements replaced, bytes removed and added, anywhere.
    static void changed(List<Case> cases, byte[] vk, byte[] proof, int count) {
        int ids = ByteBuffer.wrap(proof).order(ByteOrder.LITTLE_ENDIAN).getInt(PROMPT + 4);
        int stream = IDS + 4 * ids + 4 + ByteBuffer.wrap(proof).order(ByteOrder.LITTLE_ENDIAN).getInt(IDS + 4 * ids);
        for (int i = 0; i < count; i++) {
            // Most of a proof are opened columns; four changes of five are among the messages before them.
            int end = i % 5 == 0 ? proof.length : stream + (proof.length - stream) / 3;
            int at = RANDOM.nextInt(stream, end);
            byte[] flipped = proof.clone();
            flipped[at] ^= (byte) (1 << RANDOM.nextInt(8));
            cases.add(new Case("bit flipped at " + at, vk, flipped));
            int element = stream + MerkleProof.NODE_BYTES + 8 + 16 * ((at - stream) / 16);
            if (element + 16 <= proof.length && i % 3 == 0) {
                byte[] replaced = proof.clone();
                Arrays.fill(replaced, element, element + 16, (byte) (i % 2 == 0 ? 0 : -1));
                add(cases, "element replaced at " + element, vk, replaced, proof);
            }
            if (i % 8 == 0) {
                cases.add(new Case("cut at " + at, vk, Arrays.copyOf(proof, at)));
            }
        }
        VerifyingKey read = VerifyingKey.decode(vk);
        int longest = stream + (int) ProofLength.longest(read,
                TokenSequence.ofLength(new int[] {0}, ids - 1, read.spec().limits().anyId()));
        cases.add(new Case("as long as a proof can be", vk, Arrays.copyOf(proof, longest)));
        cases.add(new Case("a byte longer than a proof can be", vk, Arrays.copyOf(proof, longest + 1)));
        for (int more : new int[] {1, 16, proof.length}) {
            cases.add(new Case(more + " bytes more", vk, Arrays.copyOf(proof, proof.length + more)));
            cases.add(new Case(more + " bytes fewer", vk, Arrays.copyOf(proof, proof.length - more)));
        }
    }

    private static byte[] with(byte[] proof, int at, int value) {
        byte[] result = proof.clone();
        ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        return result;
    }

    /// Magic, digest, lengths and ids.
    private static void headers(List<Case> cases) {
        byte[] proof = SHORT.get(1);
        for (int at = 0; at < IDS; at += 3) {
            byte[] flipped = proof.clone();
            flipped[at] ^= 1;
            cases.add(new Case("header byte " + at, key, flipped));
        }
        for (int length = 0; length < IDS + 60; length += 4) {
            cases.add(new Case("cut at " + length, key, Arrays.copyOf(proof, length)));
        }
        for (int value : new int[] {-1, 0, 1, 4, 6, 12, 13, 14, 33, 34, 1 << 20, Integer.MAX_VALUE,
            Integer.MIN_VALUE}) {
            add(cases, "prompt length " + value, key, with(proof, PROMPT, value), proof);
            add(cases, "number of ids " + value, key, with(proof, PROMPT + 4, value), proof);
            int bound = IDS + 4 * ByteBuffer.wrap(proof).order(ByteOrder.LITTLE_ENDIAN).getInt(PROMPT + 4);
            add(cases, "bound bytes " + value, key, with(proof, bound, value), proof);
            add(cases, "bound to " + value, key, with(proof, bound + 4, value), proof);
            for (int position : new int[] {0, 4, 5, 11, 12}) {
                add(cases, "id " + position + " is " + value, key, with(proof, IDS + 4 * position, value), proof);
            }
        }
    }

    /// Parts of one proof in another.
    private static void parts(List<Case> cases) {
        byte[] a = SHORT.get(1);
        byte[] b = SHORT.get(2);
        cases.add(new Case("proof of another key", otherKey, a));
        cases.add(new Case("proof of another key", key, blocks));
        cases.add(new Case("proof of another key under this digest", key, named(blocks, key)));
        for (int i = 0; i < 16; i++) {
            int at = i < 8 ? PROMPT + 4 + 4 * i : RANDOM.nextInt(IDS, Math.min(a.length, b.length));
            cases.add(new Case("spliced at " + at, key, spliced(a, b, at)));
            cases.add(new Case("spliced at " + at, key, spliced(b, a, at)));
            int from = RANDOM.nextInt(IDS + 52, a.length - 64) & ~15;
            byte[] swapped = a.clone();
            System.arraycopy(a, from, swapped, from + 16, 16);
            System.arraycopy(a, from + 16, swapped, from, 16);
            add(cases, "swapped at " + from, key, swapped, a);
        }
    }

    private static byte[] spliced(byte[] head, byte[] tail, int at) {
        byte[] result = Arrays.copyOf(head, Math.max(at, tail.length));
        System.arraycopy(tail, at, result, at, tail.length - at);
        return result;
    }

    /// The proof as one for a key of other bytes.
    private static byte[] named(byte[] proof, byte[] vk) {
        byte[] result = proof.clone();
        System.arraycopy(Blake3.hash(vk), 0, result, DIGEST, 32);
        return result;
    }

    /// Every word of the key changed, with the proof as it is and with the proof under the changed key's digest.
    private static void keys(List<Case> cases) {
        byte[] proof = SHORT.get(1);
        byte[] changed = with(key, key.length - MerkleProof.NODE_BYTES, 1);
        cases.add(new Case("key with a changed word and the old digest", changed, proof));
        // The description and what follows are whole words, the root included.
        for (int at = (key.length - MerkleProof.NODE_BYTES) % 4; at + 4 <= key.length; at += 4) {
            int own = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
            for (int i = 0; i < 3; i++) {
                int value = switch (i) {
                    case 0 -> own + (RANDOM.nextBoolean() ? 1 : -1);
                    case 1 -> own ^ 1 << RANDOM.nextInt(31);
                    default -> EXTREMES[RANDOM.nextInt(EXTREMES.length)];
                };
                byte[] vk = with(key, at, value);
                add(cases, "key word " + at + " is " + value, vk, named(proof, vk), proof);
            }
        }
        for (int length = 0; length < key.length; length += 37) {
            cases.add(new Case("key cut at " + length, Arrays.copyOf(key, length), proof));
        }
        for (int at = 0; at < key.length % 4 + 48; at++) {
            if (at == TOKENIZER) {
                continue; // the second verifier takes any tokenizer
            }
            byte[] vk = key.clone();
            vk[at] ^= (byte) (1 << RANDOM.nextInt(8));
            cases.add(new Case("key byte " + at + " changed", vk, named(proof, vk)));
        }
        cases.add(new Case("key with a byte more", Arrays.copyOf(key, key.length + 1), proof));
    }
}
