package dev.chagres.cli;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.SecurityAccount;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.model.ModelSpec;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.Positions;
import dev.chagres.proof.Proof;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// `inspect`: what is in a file.
@CommandLine.Command(name = "inspect", description = {
    "Shows what is in a .cgm, .pk, .vk or .proof file, or says what else a file is.",
    "Nothing is verified: a proof is only as good as what 'verify' says of it."})
final class InspectCommand extends Command {
    @Parameters(paramLabel = "FILE", description = "The file; - is standard input.")
    private Path file;

    private final Map<String, Object> facts = new LinkedHashMap<>();

    @Override
    int run() throws IOException {
        FileContent content = FileContent.of(file);
        facts.put("file", file.toString());
        facts.put("kind", content.kind().text());
        facts.put("fileBytes", content.size());
        switch (content.kind()) {
            case VERIFYING_KEY -> key(verifyingKey(content.bytes()));
            case PROVING_KEY -> {
                try (ProvingKey pk = ProvingKey.open(content.path())) {
                    key(pk.verifyingKey());
                }
            }
            case PROOF -> proof(content.bytes());
            case INTEGER_MODEL -> model(content);
            case OTHER -> throw new CommandException(file + ": " + content.otherKind()
                    + "; 'inspect' shows .cgm, .pk, .vk and .proof files");
        }
        Object steps = facts.get("securitySteps");
        if (!json() && steps instanceof SecurityAccount account) {
            facts.remove("securitySteps");
            print(facts);
            VerifyReport.steps(account).forEach(out()::println);
            out().flush();
            return OK;
        }
        facts.computeIfPresent("securitySteps", (_, account) -> SecurityFacts.steps((SecurityAccount) account));
        print(facts);
        return OK;
    }

    private VerifyingKey verifyingKey(byte[] bytes) {
        try {
            return VerifyingKey.decode(bytes);
        } catch (IllegalArgumentException e) {
            throw new CommandException(file + ": cannot be read as a verifying key: " + e.getMessage(), e);
        }
    }

    private void model(FileContent content) throws IOException {
        try (Arena arena = Arena.ofShared()) {
            IntegerModel m = content.isFile() ? IntegerModelFile.map(file, arena)
                    : IntegerModelFile.read(file, aligned(content.bytes(), arena));
            facts.put("name", m.name());
            facts.put("tokenizer", KeyTexts.describe(m.tokenizer()));
            facts.put("residualFractionBits", m.residualFractionBits());
            facts.put("logitUnit", m.logitUnit());
            spec(PublicSpec.of(m));
        }
    }

    private static MemorySegment aligned(byte[] bytes, Arena arena) {
        return arena.allocate(bytes.length, 64).copyFrom(MemorySegment.ofArray(bytes));
    }

    private void spec(ModelSpec spec) {
        facts.put("family", spec.family());
        facts.put("vocabulary", spec.limits().vocabulary());
        facts.put("context", spec.limits().context());
        facts.put("endOfTextIds", spec.limits().endOfText());
        if (spec instanceof DecoderSpec s) {
            facts.put("layerCount", s.shape().layers());
            facts.put("heads", s.shape().heads());
            facts.put("keyHeads", s.shape().keyHeads());
            facts.put("headWidth", s.shape().headWidth());
            facts.put("width", s.shape().width());
            facts.put("mlpWidth", s.shape().mlpWidth());
            facts.put("positions", switch (s.positions()) {
                case Positions.Learned _ -> map("kind", "learned");
                case Positions.Rotary r -> map("kind", "rotary", "scaleBits", r.scaleBits(), "fractionBits",
                        r.fractionBits(), "rotatedBits", s.rotatedBits(), "embeddingShift", s.embeddingShift());
            });
            facts.put("bounds", map("queryKey", s.qkBound(), "value", s.vBound(), "hidden", s.hiddenBound()));
            facts.put("norm", map("shift", s.normShift(), "outputBits", s.normBits()));
            facts.put("softmax", map("bits", s.exponential().bits(), "unit", s.exponential().unit(),
                    "largestRowSum", s.exponential().largestSum(), "support", s.exponential().support(),
                    "maskOffset", s.maskOffset(), "reach", s.reach()));
            facts.put("layers", s.layers().stream().map(InspectCommand::layer).toList());
        }
    }

    private static Map<String, Object> layer(LayerSpec l) {
        Map<String, Object> facts = map("queryShift", l.query().shift(), "keyShift", l.key().shift(), "valueShift",
                l.value().shift(), "outputShift", l.output().shift(), "mlp",
                l.mlp() instanceof MlpSpec.Gated ? "gated" : "plain", "upShift", l.mlp().shift(), "activationBase",
                l.mlp().base(), "activationEntries", l.mlp().entries(), "downShift", l.down().shift());
        if (l.mlp() instanceof MlpSpec.Gated g) {
            facts.put("productShift", g.productShift());
        }
        return facts;
    }

    private void key(VerifyingKey key) {
        facts.put("name", key.name());
        facts.put("digest", HexFormat.of().formatHex(key.digest()));
        facts.put("weightsRoot", HexFormat.of().formatHex(key.root()));
        facts.put("tokenizer", KeyTexts.describe(key.tokenizer()));
        spec(key.spec());
        CommitmentParameters p = key.parameters();
        long values = 0;
        for (Column c : key.spec().inference(1).keyColumns()) {
            values += c.shape().size();
        }
        facts.put("keyValues", values);
        ProofSecurity.Longest longest = ProofSecurity.longest(key);
        facts.putAll(SecurityFacts.of(p, longest));
        List<Map<String, Object>> levels = new ArrayList<>();
        for (int i = 0; i <= p.levels().size(); i++) {
            levels.add(map("codeBits", p.codeBits(i), "rateBits", p.rateBits(i), "queries", p.queries(i), "workBits",
                    p.grindingBits(i), "foldWorkBits", p.foldGrindingBits(i)));
        }
        facts.put("commitmentLevels", levels);
        facts.putAll(SecurityFacts.of(longest.account()));
        facts.put("securitySteps", longest.account());
    }

    private void proof(byte[] bytes) {
        try {
            Proof proof = Proof.decode(bytes);
            facts.put("keyDigest", HexFormat.of().formatHex(proof.keyDigest()));
            facts.put("rows", proof.sequence().rows());
            facts.put("binding", proof.binding().isNone() ? null : proof.binding().toString());
            facts.put("streamBytes", proof.stream().length);
            facts.put("promptIds", proof.sequence().prompt());
            facts.put("outputIds", proof.sequence().generated());
        } catch (Rejection r) {
            throw new CommandException(file + ": " + r.getMessage(), r);
        }
    }

    /// Names and values in turn.
    private static Map<String, Object> map(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(entries[i].toString(), entries[i + 1]);
        }
        return map;
    }
}
