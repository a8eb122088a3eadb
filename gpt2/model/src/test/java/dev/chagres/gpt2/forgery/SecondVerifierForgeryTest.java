package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.MatrixLayout;
import dev.chagres.commit.MerkleProof;
import dev.chagres.field.M31;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.graph.Graph;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.proof.Proof;
import dev.chagres.proof.SecondVerifier;
import dev.chagres.proof.SecondVerifier.Case;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.Findings;
import dev.chagres.prove.run.ProverOptions;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.TableDefinitions;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.PackedWords;
import dev.chagres.transcript.ProverChannel.Interceptor;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Proofs of a cheating prover, which reach the checks behind the transcript: the verifier in Java and the one in
/// docs/verifier find the same one.
class SecondVerifierForgeryTest {
    /// Operations of a kind that occurs before.
    private static final List<String> REPEATED = List.of(
            "head.norm/", "layer0.norm2/", "layer0.key/", "layer0.value/", "layer0.down/");
    private static final List<String> ROTATED = List.of("embedding/", "layer0.projections/", "layer0.keyRotation/",
            "layer0.attention/", "layer0.gated/");
    private static final List<String> ROTATED_COLUMNS = List.of("layer0.key.y", "layer0.queryRotation.u",
            "layer0.keyRotation.out", "layer0.output.x", "layer0.gated.ug", "layer0.gated.a", "layer0.gated.ub",
            "layer0.gated.uh", "layer0.gated.out");
    /// Among the openings of tables: five multiplicities come before the first key column.
    private static final int RSQRT_OPENING = 5;

    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        prover = new CheatingProver(folder, "1x2x32x20x32", 6);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    @Test
    void bothVerifiersFindTheSameCheck() throws IOException {
        List<Case> cases = new ArrayList<>();
        messages(cases);
        columns(cases);
        keys(cases);
        Map<String, List<String>> verdicts =
                SecondVerifier.requireAgreement(Files.createDirectory(folder.resolve("cases")), cases);
        assertThat(verdicts.get("accepted")).hasSize(6).allMatch(name -> name.startsWith("honest"));
        assertThat(verdicts).containsKeys("statement/end-of-text", "statement/lookups", "statement/size",
                "key/security", "grind/query", "grind/fold", "lookup/denominator", "lookup/root-numerator", "lookup/root-denominator",
                "lookup/layer", "lookup/leaf-numerator", "lookup/leaf-denominator", "lookup/table-numerator",
                "lookup/table-denominator", "lookup/balance", "sumcheck/tokens", "sumcheck/products",
                "sumcheck/squares", "sumcheck/rows", "sumcheck/acc", "sumcheck/scores",
                "sumcheck/output", "sumcheck/logits", "attention/sum", "attention/sum-before", "open/batch",
                "open/merkle", "open/clear", "open/final", "format/canonical");
    }

    /// Operations and columns that only rotated models have, and what reads them.
    @Test
    void bothVerifiersFindTheSameCheckOfARotatedModel() throws IOException {
        try (CheatingProver rotary = CheatingProver.rotary(folder, 11)) {
            List<Case> cases = new ArrayList<>();
            Map<String, Integer> counts = new LinkedHashMap<>();
            cases.add(new Case("honest", rotary.verifyingKey.encode(), prove(rotary, (tag, data) -> {
                counts.merge(tag, 1, Integer::sum);
                return data;
            })));
            counts.forEach((tag, count) -> {
                if (ROTATED.stream().anyMatch(tag::startsWith)) {
                    cases.add(altered(rotary, tag, cases.size() % 2 == 0 ? 0 : count - 1, flip(0)));
                }
            });
            for (String column : ROTATED_COLUMNS) {
                cases.add(lie(rotary, column, CheatingProver::nothing, third(column)));
                cases.add(lie(rotary, column, third(column), CheatingProver::nothing));
            }
            Map<String, List<String>> verdicts =
                    SecondVerifier.requireAgreement(Files.createDirectory(folder.resolve("rotated")), cases);
            assertThat(verdicts.get("accepted")).containsExactly("honest");
            assertThat(verdicts).containsKeys("sumcheck/rotate", "sumcheck/gate", "sumcheck/acc", "sumcheck/scores",
                    "sumcheck/output", "sumcheck/tokens");
        }
    }

    private static byte[] prove(Interceptor interceptor) {
        return prove(prover, interceptor);
    }

    private static byte[] prove(CheatingProver prover, Interceptor interceptor) {
        return prover.prove(prover.sequence, Map.of(), prover.verifyingKey.parameters(), CheatingProver::nothing,
                CheatingProver::nothing, new ProverOptions(false, interceptor));
    }

    /// A proof whose message number `target` with this tag is altered before it is absorbed, so that all later
    /// challenges follow.
    private static Case altered(String tag, int target, UnaryOperator<byte[]> change) {
        return altered(prover, tag, target, change);
    }

    private static Case altered(CheatingProver prover, String tag, int target, UnaryOperator<byte[]> change) {
        int[] seen = {0};
        return new Case(tag + " number " + target, prover.verifyingKey.encode(),
                prove(prover, (name, data) -> name.equals(tag) && seen[0]++ == target
                        ? change.apply(data.clone()) : data));
    }

    private static UnaryOperator<byte[]> flip(int at) {
        return data -> {
            data[at] ^= 1;
            return data;
        };
    }

    /// For every kind of message the first or the last one; and some that only one check can find.
    private static void messages(List<Case> cases) {
        byte[] key = prover.verifyingKey.encode();
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<Integer> leaves = new ArrayList<>();
        int[] tableOpen = {0};
        byte[][] ladderRoot = {null};
        String[] before = {""};
        byte[] honest = prove((tag, data) -> {
            if (before[0].equals("tree/children") && !tag.startsWith("tree/")) {
                leaves.add(counts.get(before[0]) - 1);
                if (tag.equals("open")) {
                    tableOpen[0] = counts.getOrDefault(tag, 0);
                }
            }
            if (tag.equals("open/root")) {
                ladderRoot[0] = data.clone();
            }
            counts.merge(tag, 1, Integer::sum);
            before[0] = tag;
            return data;
        });
        cases.add(new Case("honest", key, honest));
        counts.forEach((tag, count) -> {
            if (REPEATED.stream().noneMatch(tag::startsWith)) {
                cases.add(altered(tag, cases.size() % 2 == 0 ? 0 : count - 1, flip(0)));
            }
        });
        cases.add(altered("open", tableOpen[0], flip(0)));
        cases.add(altered("open", tableOpen[0] + RSQRT_OPENING, flip(0)));
        cases.add(altered("open/clear", 0, flip(5)));
        cases.add(altered("tree/children", 0, flip(0)));
        cases.add(altered("tree/root", 0, flip(16)));
        cases.add(altered("tree/root", 1, data -> Arrays.copyOf(Arrays.copyOf(data, 16), 32)));
        leaves.forEach(last -> cases.add(altered("tree/children", last, SecondVerifierForgeryTest::sameSum)));
        padded(cases);
        byte[] rootFlipped = honest.clone();
        rootFlipped[indexOf(honest, ladderRoot[0])] ^= 1;
        cases.add(new Case("root of a level flipped in the file", key, rootFlipped));
    }

    /// Proofs in which a bit is set after the last word of opened columns, where the words do not end with a byte.
    private static void padded(List<Case> cases) {
        VerifyingKey key = prover.verifyingKey;
        CommitmentParameters parameters = key.parameters();
        int[] ids = prover.sequence.ids();
        int before = cases.size();
        for (int count = ids.length; cases.size() == before; count--) {
            TokenSequence about = new TokenSequence(Arrays.copyOf(ids, count), prover.sequence.promptLength());
            byte[][] root = {null};
            byte[] honest = prover.prove(about, Map.of(), parameters, CheatingProver::nothing, CheatingProver::nothing,
                    new ProverOptions(false, (tag, data) -> {
                        root[0] = tag.equals("open/root") && root[0] == null ? data.clone() : root[0];
                        return data;
                    }));
            Graph graph = prover.spec().compile(about).graph();
            int[] positions = positions(graph, about, honest);
            int siblings = MerkleProof.siblings(parameters.codeBits(0), positions).length;
            int at = indexOf(honest, root[0]) + MerkleProof.NODE_BYTES + 8;
            for (List<Column> columns : List.of(graph.witnessColumns(), graph.keyColumns())) {
                long words = (long) MatrixLayout.of(columns, parameters.k()).rows() * positions.length;
                at += (int) PackedWords.bytes(words);
                if (31 * words % 8 != 0) {
                    byte[] proof = honest.clone();
                    proof[at - 1] ^= (byte) 0x80;
                    cases.add(new Case("a bit after the last of " + words + " words", key.encode(), proof));
                }
                at += siblings * MerkleProof.NODE_BYTES;
            }
        }
    }

    private static int[] positions(Graph graph, TokenSequence about, byte[] proof) {
        try {
            return Findings.positions(graph, prover.verifyingKey.parameters(),
                    Verifier.publicInput(prover.verifyingKey, about, Binding.NONE), Proof.decode(proof).stream());
        } catch (Rejection r) {
            throw new AssertionError(r);
        }
    }

    /// p0 + q0 and p1 - q1 in place of p0 and p1: the fractions of the children have the same sum.
    private static byte[] sameSum(byte[] children) {
        ByteBuffer b = ByteBuffer.wrap(children).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 4; i++) {
            b.putInt(4 * i, M31.add(b.getInt(4 * i), b.getInt(32 + 4 * i)));
            b.putInt(16 + 4 * i, M31.sub(b.getInt(16 + 4 * i), b.getInt(48 + 4 * i)));
        }
        return children;
    }

    private static int indexOf(byte[] bytes, byte[] part) {
        for (int i = 0; i + part.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + part.length, part, 0, part.length)) {
                return i;
            }
        }
        throw new IllegalArgumentException("not a part");
    }

    /// Values of committed columns changed before and after the lookups are counted.
    private static void columns(List<Case> cases) {
        List<String> all = prover.spec().compile(prover.sequence).graph().witnessColumns().stream()
                .map(Column::name).toList();
        List<String> names = new ArrayList<>(List.of("layer0.attention.slackLow", "layer0.attention.excessLow"));
        for (int i = 0; i < all.size(); i += 14) {
            names.add(all.get(i));
        }
        for (int i = 0; i < names.size(); i++) {
            String column = names.get(i);
            Consumer<CheatingProver.Run> change = third(column);
            // Multiplicities are what is counted.
            boolean before = i % 2 == 0 && !column.startsWith("count.");
            cases.add(lie(column, before ? change : CheatingProver::nothing,
                    before ? CheatingProver::nothing : change));
        }
    }

    /// The third value, or another one, is one too large.
    private static Consumer<CheatingProver.Run> third(String column) {
        return r -> {
            HostTensor data = r.data(column);
            long at = 3 % data.size();
            data.set(at, data.get(at) + 1);
        };
    }

    /// Proofs for other keys of the same weights: an end of text that is in the prompt, generated last, or too early;
    /// parameters that are worth too little, and enough; sequences that are too long.
    private static void keys(List<Case> cases) {
        VerifyingKey own = prover.verifyingKey;
        int prompt = prover.sequence.promptLength();
        int[] ids = prover.sequence.ids();
        int context = prover.spec().shape().context();
        TokenSequence one = new TokenSequence(Arrays.copyOf(ids, prompt + 1), prompt);
        VerifyingKey endsWithOne = with(spec(prover.spec(), context, List.of(ids[prompt])), own.parameters());
        cases.add(proved("honest, end of text in the prompt",
                with(spec(prover.spec(), context, List.of(ids[0])), own.parameters()), one));
        cases.add(proved("honest, end of text last", endsWithOne, one));
        cases.add(proved("end of text too early", endsWithOne, prover.sequence));
        for (int[] p : new int[][] {{1, 0, 0}, {60, 20, 16}, {99, 20, 16}, {100, 20, 6}, {110, 20, 12}}) {
            VerifyingKey key = with(prover.spec(), CommitmentParameters.of(own.parameters().k(), p[0], p[1], p[2]));
            cases.add(proved((p[0] < 100 ? "target " : "honest, target ") + p[0], key, prover.sequence));
        }
        edges(cases, own.parameters().k());
        cases.add(movedDraw());
        DecoderSpec longer = spec(prover.spec(), 1 << 20, List.of());
        VerifyingKey key = with(longer, CommitmentParameters.of(10, 100, 20, 16));
        for (int count : new int[] {35_000, 46_210}) { // too many rows of 2^10 values; too many lookups
            byte[] proof = new Proof(key.digest(), new TokenSequence(new int[count], 1), new byte[100]).encode();
            cases.add(new Case(count + " ids", key.encode(), proof));
        }
    }

    /// Draws next to a target (183 log2(4/3) + 24 = 99.95, 80 log2(32/17) + 27 = 100.003, 207 log2(4/3) + 24 = 109.91,
    /// 91 log2(32/17) + 27 = 110.04), targets that the parameters miss, and folds with work before them. Cheap work:
    /// what counts is the account, so the proofs are empty and the first check after it fails.
    private static void edges(List<Case> cases, int k) {
        int[][] draws = {{100, 1, 183, 24}, {100, 4, 80, 27}, {100, 1, 184, 24}, {110, 1, 207, 24}, {110, 4, 91, 27},
            {110, 4, 90, 27}, {110, 1, 208, 24}};
        for (int[] d : draws) {
            // Every other draw is worth more than either target.
            List<Level> levels = List.of(new Level(k - 9, d[1], d[2], d[3], 5));
            CommitmentParameters parameters = new CommitmentParameters(k, 1, 300, 20, 5, levels, 20, d[0]);
            cases.add(empty("edge of " + d[0] + ": " + d[2] + " queries", with(prover.spec(), parameters)));
        }
        CommitmentParameters standard = CommitmentParameters.of(k, 100, 20, 16);
        cases.add(empty("target 110 missed", with(prover.spec(), new CommitmentParameters(k, standard.rateBits(),
                standard.queries(), standard.grindingBits(), standard.levels(), 16, 110))));
        // A collision of nodes is worth 112 bits, the highest target of the format.
        for (int target = 111; target <= CommitmentParameters.MAX_TARGET_BITS; target++) {
            cases.add(empty("target " + target, with(prover.spec(), CommitmentParameters.of(k, target, 20, 20))));
        }
        CommitmentParameters worked = new CommitmentParameters(k, 1, 300, 0, 3,
                List.of(new Level(k - 9, 2, 300, 0, 2)), 6, 100);
        VerifyingKey key = with(prover.spec(), worked);
        cases.add(proved("honest, work before folds", key, prover.sequence));
        for (int[] bits : new int[][] {{1, 2}, {3, 1}}) {
            CommitmentParameters lazy = new CommitmentParameters(k, 1, 300, 0, bits[0],
                    List.of(new Level(k - 9, 2, 300, 0, bits[1])), 6, 100);
            cases.add(new Case("too little work before folds", key.encode(), prover.prove(key, lazy, prover.sequence,
                    Map.of(), CheatingProver::nothing, CheatingProver::nothing, ProverOptions.UNCHECKED)));
        }
    }

    private static Case empty(String name, VerifyingKey key) {
        return new Case(name, key.encode(), new Proof(key.digest(), prover.sequence, new byte[100]).encode());
    }

    private static VerifyingKey with(DecoderSpec spec, CommitmentParameters parameters) {
        VerifyingKey own = prover.verifyingKey;
        return new VerifyingKey(own.name(), own.tokenizer(), spec, parameters, own.root());
    }

    private static DecoderSpec spec(DecoderSpec own, int context, List<Integer> endOfText) {
        ModelShape s = own.shape();
        ModelShape shape = SpecEdits.withTokens(s, s.vocab(), context, endOfText);
        // Sums of a row of the longest context are one residue class.
        int bits = Math.min(own.exponential().bits(), TableDefinitions.expBits(shape.context()));
        double unit = Math.max(own.exponential().unit(), Math.scalb(4.0, -bits));
        ExponentialTable exponential = new ExponentialTable(bits, unit);
        return SpecEdits.with(own, shape, exponential, own.layers());
    }

    /// A proof with work before its draws, and the root before the first of them flipped: the nonce is one for another
    /// transcript.
    private static Case movedDraw() {
        VerifyingKey key = with(prover.spec(), CommitmentParameters.of(prover.verifyingKey.parameters().k(),
                100, 20, 6));
        byte[][] root = {null};
        byte[] proof = prover.prove(key, prover.sequence, Map.of(), CheatingProver::nothing, CheatingProver::nothing,
                new ProverOptions(false, (tag, data) -> {
                    if (tag.equals("open/root") && root[0] == null) {
                        root[0] = data.clone();
                    }
                    return data;
                }));
        proof[indexOf(proof, root[0])] ^= 1;
        return new Case("draw after another root", key.encode(), proof);
    }

    private static Case proved(String name, VerifyingKey key, TokenSequence sequence) {
        return new Case(name, key.encode(), prover.prove(key, sequence, Map.of(), CheatingProver::nothing,
                CheatingProver::nothing, ProverOptions.UNCHECKED));
    }

    private static Case lie(String name, Consumer<CheatingProver.Run> beforeCount,
            Consumer<CheatingProver.Run> afterCount) {
        return lie(prover, name, beforeCount, afterCount);
    }

    private static Case lie(CheatingProver prover, String name, Consumer<CheatingProver.Run> beforeCount,
            Consumer<CheatingProver.Run> afterCount) {
        return new Case(name, prover.verifyingKey.encode(),
                prover.prove(prover.sequence, Map.of(), prover.verifyingKey.parameters(), beforeCount, afterCount));
    }
}
