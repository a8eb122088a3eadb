package dev.chagres.cli;

import static dev.chagres.cli.BundledKeys.good;
import static dev.chagres.cli.BundledKeys.pk;
import static dev.chagres.cli.BundledKeys.proof;
import static dev.chagres.cli.BundledKeys.vk;
import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.proof.Ending;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.profile.Progress;
import dev.chagres.statement.Binding;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/// What `verify` requires and says, of one proof and of many.
class VerifyCommandTest {
    @TempDir
    private Path work;

    private static JsonNode verified(Object... words) {
        return good(words).json();
    }

    private static JsonNode statement() {
        return verified("verify", "--vk", vk(), proof(), "--json");
    }

    private static String ids(JsonNode array) {
        return array.toString().replaceAll("[\\[\\]]", "");
    }

    private static String digest() throws IOException {
        return HexFormat.of().formatHex(VerifyingKey.open(vk()).digest());
    }

    @Test
    void theLibraryNeedsFiveLines() throws IOException {
        Verdict verdict = VerifyingKey.open(vk()).verify(proof());
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Accepted.class, a -> {
            assertThat(a.ending()).isEqualTo(Ending.CUT);
            assertThat(a.sequence().generatedLength()).isEqualTo(BundledKeys.GENERATED);
            assertThat(a.securityBits()).isGreaterThanOrEqualTo(100);
        });
        assertThat(verdict).isEqualTo(VerifyingKey.open(vk()).verify(proof()));
        assertThat(verdict.toString()).startsWith("ACCEPTED  ").contains("cut after 6 tokens")
                .contains("security  100 bits");
    }

    @Test
    void aCutOutputIsCalledCut() {
        Outcome text = good("verify", "--vk", vk(), "--proof", proof());
        assertThat(text.out()).contains("ending    cut after 6 tokens, the model goes on")
                .contains("security  100 bits each step (docs/soundness.md)")
                .contains("trust     this key file says which model")
                .contains("encoding  the ids are the tokenizer's own")
                .doesNotContain("ids       ");
        assertThat(good("verify", "--vk", vk(), proof(), "--ids").out())
                .containsPattern("ids {7}\\[\\d+, .*] -> \\[\\d+, .*]");
        JsonNode json = statement();
        assertThat(json.get("ending").asString()).isEqualTo("cut");
        assertThat(json.get("complete").asBoolean()).isFalse();
        assertThat(json.get("promptCanonical").asBoolean()).isTrue();
        assertThat(json.get("outputCanonical").asBoolean()).isTrue();
        Outcome required = run("verify", "--vk", vk(), proof(), "--complete", "--json");
        assertThat(required.code()).isOne();
        assertThat(required.json().get("check").asString()).isEqualTo("statement/incomplete");
    }

    /// The example of docs/verify.md has the lines that are printed.
    @Test
    void theExampleOfThePageIsWhatIsPrinted() throws IOException {
        String page = Files.readString(Path.of("../../docs/verify.md"));
        String example = page.substring(page.indexOf("$ chagres verify"),
                page.indexOf("```", page.indexOf("$ chagres verify")));
        List<String> heads = example.lines().skip(1).map(l -> l.replaceFirst(" .*", "")).filter(h -> !h.isEmpty())
                .toList();
        String printed = good("verify", "--vk", vk(), proof()).out();
        assertThat(printed.lines().map(l -> l.replaceFirst(" .*", "")).filter(h -> !h.isEmpty()))
                .containsExactlyElementsOf(heads);
        for (String fixed : List.of("ACCEPTED", "encoding", "security", "trust", "note")) {
            assertThat(printed.lines()).contains(example.lines().filter(l -> l.startsWith(fixed)).findFirst()
                    .orElseThrow());
        }
    }

    /// Of a file that is longer than any proof no more is read than tells this: a heap of 48 MB is enough where 2^30
    /// bytes of zeros follow a proof.
    @Test
    void aHugeFileIsRefusedUnread() throws IOException, InterruptedException {
        Path huge = Files.copy(proof(), work.resolve("huge.proof"));
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(1 << 30);
        }
        Process verify = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m", "-cp", System.getProperty("java.class.path"), Main.class.getName(), "verify", "--vk",
                vk().toString(), huge.toString()).redirectErrorStream(true).start();
        String out = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(verify.waitFor()).as(out).isOne();
        assertThat(out).contains("REJECTED  format/length: longer than any proof");
    }

    @Test
    void aFullContextIsComplete() {
        Path full = work.resolve("full.proof");
        good("prove", "--pk", pk(), "--prompt", "a", "--generate", "128", "--out", full);
        Outcome o = good("verify", "--vk", vk(), full, "--complete", "--json");
        assertThat(o.json().get("ending").asString()).isEqualTo("contextFull");
        assertThat(o.json().get("complete").asBoolean()).isTrue();
    }

    /// The bundled model with the third id that it generates as its end of text.
    @Test
    void anEndOfTextIsAnEndingAndNoText() throws IOException {
        int end = statement().get("outputIds").get(2).asInt();
        Path key = work.resolve("end.vk");
        try (Arena arena = Arena.ofShared(); Engine engine = Engine.create()) {
            IntegerModel m = IntegerModelFile.map(BundledKeys.file("m.cgm"), arena);
            ModelShape s = m.shape();
            ModelShape ending = new ModelShape(s.layers(), s.heads(), s.keyHeads(), s.headWidth(), s.width(),
                    s.mlpWidth(), s.vocab(), s.context(), List.of(end));
            IntegerModel model = new IntegerModel(m.name(), m.tokenizer(), ending, m.residualFractionBits(), m.norm(),
                    m.softmax(), m.reach(), m.qkBound(), m.vBound(), m.hiddenBound(), m.oBound(), m.scoreBound(),
                    m.embedding(), m.positions(), m.rotation(), m.layers(), m.head(), m.logitUnit(),
                    m.streamMap());
            engine.setup(new ModelKeySource(model), work.resolve("end.pk"), key, Progress.NONE);
        }
        Path proof = work.resolve("end.proof");
        good("prove", "--pk", work.resolve("end.pk"), "--prompt", BundledKeys.PROMPT, "--generate", "6", "--out",
                proof);
        JsonNode json = verified("verify", "--vk", key, proof, "--complete", "--json");
        assertThat(json.get("ending").asString()).isEqualTo("endOfText");
        assertThat(json.get("outputIds").get(json.get("outputIds").size() - 1).asInt()).isEqualTo(end);
        assertThat(json.get("output").asString()).as("the end of text is no part of it")
                .hasSize(json.get("outputIds").size() - 1);
        good("verify", "--vk", key, proof, "--output", json.get("output").asString());
        assertThat(good("verify", "--vk", key, proof).out()).contains("ending    end of text after");
    }

    @Test
    void whatIsRequiredHoldsOrTheProofIsRejected() throws IOException {
        JsonNode s = statement();
        Path promptFile = Files.writeString(work.resolve("prompt.txt"), BundledKeys.PROMPT);
        Path idsFile = Files.writeString(work.resolve("ids.txt"), ids(s.get("promptIds")).replace(',', '\n'));
        good("verify", "--vk", vk(), proof(), "--prompt", BundledKeys.PROMPT, "--prompt-file", promptFile,
                "--prompt-ids", idsFile,
                "--output", s.get("output").asString(), "--output-ids", ids(s.get("outputIds")), "--key-digest",
                digest().toUpperCase(java.util.Locale.ROOT), "--bind-hex",
                BundledKeys.BOUND.toUpperCase(java.util.Locale.ROOT));
        good("verify", "--vk", vk(), proof(), "--prompt-ids", " " + ids(s.get("promptIds")).replace(",", ", "));
        Path otherFile = Files.writeString(work.resolve("other.txt"), "ROMEO");
        String other = digest().replace(digest().charAt(5), digest().charAt(5) == '0' ? '1' : '0');
        List<Object[]> wrong = List.of(
                new Object[] {"--prompt", "ROMEO", "statement/prompt"},
                new Object[] {"--prompt-file", otherFile, "statement/prompt"},
                new Object[] {"--prompt-ids", "1,2", "statement/prompt"},
                new Object[] {"--output", "x", "statement/output"},
                new Object[] {"--output-ids", "1 2", "statement/output"},
                new Object[] {"--bind-hex", "", "statement/binding"},
                new Object[] {"--bind-hex", "c0ffee", "statement/binding"},
                new Object[] {"--bind", otherFile, "statement/binding"},
                new Object[] {"--key-digest", other, "statement/key-digest"});
        for (Object[] w : wrong) {
            Outcome o = run("verify", "--vk", vk(), proof(), w[0], w[1], "--json");
            assertThat(o.code()).as(w[0] + o.out()).isOne();
            assertThat(o.json().get("check").asString()).isEqualTo(w[2]);
        }
        assertThat(good("verify", "--vk", vk(), proof(), "--key-digest", digest()).out())
                .contains("trust     the digest of the key file matches --key-digest");
        assertThat(run("verify", "--vk", vk(), proof(), "--key-digest", other).out()).doesNotContain("matches");
    }

    @Test
    void whatAProofIsBoundToIsSaidAndMayComeFromAFile() throws IOException {
        Path file = Files.write(work.resolve("nonce"), HexFormat.of().parseHex(BundledKeys.BOUND));
        assertThat(good("verify", "--vk", vk(), proof(), "--bind", file).out())
                .contains("bound to  " + BundledKeys.BOUND);
        assertThat(statement().get("binding").asString()).isEqualTo(BundledKeys.BOUND);
        assertThat(good("inspect", proof(), "--json").json().get("binding").asString()).isEqualTo(BundledKeys.BOUND);
        Path tooLong = Files.write(work.resolve("long"), new byte[Binding.MAX_BYTES + 1]);
        for (Object[] wrong : List.of(new Object[] {"--bind", tooLong, "more than 65536"},
                new Object[] {"--bind-hex", "abc", "two digits each"}, new Object[] {"--bind-hex", "xy", "hexadecimal"},
                new Object[] {"--bind", work.resolve("missing"), "missing"})) {
            Outcome o = run("verify", "--vk", vk(), proof(), wrong[0], wrong[1]);
            assertThat(o.code()).as(wrong[0] + o.out()).isEqualTo(2);
            assertThat(o.err()).contains(wrong[2].toString());
        }
        assertThat(run("verify", "--vk", vk(), proof(), "--bind", file, "--bind-hex", "00").code()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "zz"})
    void aPartOfADigestIsWrongUse(String digest) {
        Outcome o = run("verify", "--vk", vk(), proof(), "--key-digest", digest);
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains("64 hexadecimal digits");
    }

    @Test
    void manyProofsGetALineEach() throws IOException {
        byte[] good = Files.readAllBytes(proof());
        Path folder = Files.createDirectory(work.resolve("proofs"));
        Files.write(folder.resolve("a.proof"), good);
        byte[] bad = good.clone();
        bad[good.length / 2] ^= 1;
        Files.write(folder.resolve("b\nACCEPTED.proof"), bad);
        Files.writeString(folder.resolve("readme.txt"), "no proof");
        Outcome o = run("verify", "--vk", vk(), folder, proof());
        assertThat(o.code()).isOne();
        assertThat(o.out().lines().filter(l -> l.startsWith("ACCEPTED  "))).hasSize(2);
        assertThat(o.out()).contains("REJECTED  ").contains("2 accepted, 1 rejected, 0 not read")
                .contains("model     ");
        assertThat(o.err()).contains("verify").contains("done in");
        Outcome json = run("verify", "--vk", vk(), folder, "--proof", work.resolve("missing"), "--json");
        assertThat(json.code()).as("a rejection counts more than a file that is not there").isOne();
        List<JsonNode> lines = json.out().lines().map(l -> new ObjectMapper().readTree(l)).toList();
        assertThat(lines).extracting(l -> l.get("accepted").asBoolean()).containsExactly(false, true, false);
        assertThat(lines.getFirst().get("error").asString())
                .isEqualTo(work.resolve("missing") + ": no such file or folder");
        assertThat(lines.get(1).get("ending").asString()).isEqualTo("cut");
        assertThat(lines.get(2).get("check").asString()).isNotEmpty();
        assertThat(json.err()).contains("missing: no such file or folder");
        Outcome unread = run("verify", "--vk", vk(), proof(), work.resolve("missing"));
        assertThat(unread.code()).isEqualTo(2);
        assertThat(unread.out()).contains("UNREAD    ");
        assertThat(good("verify", "--vk", vk(), proof(), proof(), "--json").out().lines()).hasSize(2);
    }

    @Test
    void wrongUseNamesItsCause() throws IOException {
        Path empty = Files.createDirectory(work.resolve("empty"));
        for (Object[] w : new Object[][] {
            {"no proof is given"}, {"empty: no *.proof file", empty},
                    {"missing: no such file", work.resolve("missing")}}) {
            Object[] words = {"verify", "--vk", vk()};
            Object[] all = Arrays.copyOf(words, words.length + w.length - 1);
            System.arraycopy(w, 1, all, words.length, w.length - 1);
            Outcome o = run(all);
            assertThat(o.code()).isEqualTo(2);
            assertThat(o.err()).contains(w[0].toString()).hasLineCount(1);
        }
        Outcome folder = run("verify", "--vk", empty, proof());
        assertThat(folder.err()).contains("empty: is a folder");
    }

    /// A text may be cut into tokens in many ways; a prover may choose one that suits it.
    @Test
    void idsThatAreNotTheTokenizersOwnAreTold() throws IOException {
        VerifyingKey own = VerifyingKey.open(vk());
        KeyTexts texts = new KeyTexts(new VerifyingKey("m", TokenizerInfo.R50K_BASE, own.spec(), own.parameters(),
                own.root()));
        int[] whole = texts.encode("Hello", "--ids");
        int[] letters = "Hello".chars().flatMap(c -> Arrays.stream(texts.encode(Character.toString(c), "--ids")))
                .toArray();
        assertThat(letters).hasSizeGreaterThan(whole.length);
        assertThat(texts.text(letters)).isEqualTo(texts.text(whole)).contains("Hello");
        assertThat(texts.canonical(whole)).contains(true);
        assertThat(texts.canonical(letters)).contains(false);
        assertThat(texts.canonical(new int[] {50256})).as("the end of text is not its letters").contains(false);
        assertThat(texts.canonical(new int[] {60000})).contains(false);
        assertThat(texts.areText(new int[] {60000})).isFalse();
        assertThat(texts.areText(letters)).isTrue();
        assertThat(texts.areText(new int[] {whole[0], 50300})).isFalse();
        KeyTexts none = new KeyTexts(new VerifyingKey("m", TokenizerInfo.NONE, own.spec(), own.parameters(),
                own.root()));
        assertThat(none.canonical(whole)).isEmpty();
        assertThat(none.text(whole)).isEmpty();
    }

    /// Different ids may have the same text where bytes are no characters.
    @Test
    void anOutputThatIsNoTextIsNotComparedAsText() throws IOException {
        VerifyingKey own = VerifyingKey.open(vk());
        VerifyingKey key = new VerifyingKey("m", TokenizerInfo.NONE, own.spec(), own.parameters(), own.root());
        Path file = Files.write(work.resolve("none.vk"), key.encode());
        Outcome text = run("verify", "--vk", file, proof(), "--output", "x");
        assertThat(text.code()).isEqualTo(2);
        assertThat(text.err()).contains("--output-ids");
    }
}
