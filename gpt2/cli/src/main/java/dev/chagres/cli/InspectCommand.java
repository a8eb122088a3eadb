package dev.chagres.cli;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.SecurityAccount;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.model.gpt2.Gpt2Spec;
import dev.chagres.proof.Proof;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/// `inspect`: what is in a file.
@CommandLine.Command(name = "inspect", description = "Shows what is in a .cgm, .pk, .vk or .proof file.")
final class InspectCommand extends Command {
    private static final int MAGIC_BYTES = 7;

    @Parameters(paramLabel = "FILE", description = "The file.")
    private Path file;

    private final Map<String, Object> facts = new LinkedHashMap<>();

    @Override
    int run() throws IOException {
        Inputs.regular(file);
        String magic;
        try (InputStream in = Files.newInputStream(file)) {
            magic = new String(in.readNBytes(MAGIC_BYTES), StandardCharsets.US_ASCII);
        }
        facts.put("file", file.toString());
        facts.put("bytes", Files.size(file));
        // Of any version: reading says which one it is.
        switch (magic) {
            case "CHGRSVK" -> {
                facts.put("kind", "verifying key");
                key(VerifyCommand.readKey(file));
            }
            case "CHGRSPK" -> {
                facts.put("kind", "proving key");
                try (ProvingKey pk = ProvingKey.open(file)) {
                    key(pk.verifyingKey());
                }
            }
            case "CHGRSPF" -> proof();
            default -> model();
        }
        print(facts);
        return OK;
    }

    private void model() {
        try (Arena arena = Arena.ofShared()) {
            IntegerModel m = IntegerModelFile.map(file, arena);
            facts.put("kind", "integer model");
            facts.put("name", m.name());
            facts.put("tokenizer", m.tokenizer().describe());
            facts.put("residual unit", "2^-" + m.residualFractionBits());
            facts.put("logit unit", m.logitUnit());
            spec(PublicSpec.of(m));
        }
    }

    private void spec(Gpt2Spec s) {
        facts.put("layers", s.shape().layers());
        facts.put("heads", s.shape().heads() + " of " + s.shape().headWidth() + " channels");
        facts.put("width", s.shape().width());
        facts.put("mlp width", s.shape().mlpWidth());
        facts.put("vocabulary", s.shape().vocab());
        facts.put("context", s.shape().context());
        facts.put("norm", "shift " + s.normShift() + ", output in " + s.normBits() + " bits");
        facts.put("softmax", "largest row sum " + s.rMax() + ", support " + s.support() + ", table of " + s.expDomain()
                + " entries");
        for (int l = 0; l < s.layers().size(); l++) {
            facts.put("layer " + l, s.layers().get(l).toString());
        }
    }

    private void key(VerifyingKey key) {
        facts.put("name", key.name());
        facts.put("digest", HexFormat.of().formatHex(key.digest()));
        facts.put("weights root", HexFormat.of().formatHex(key.root()));
        facts.put("tokenizer", key.tokenizer().describe());
        facts.put("family", key.spec().family());
        if (key.spec() instanceof Gpt2Spec s) {
            spec(s);
        }
        CommitmentParameters p = key.parameters();
        facts.put("commitment", "rows of 2^" + p.k() + " values, rate 2^-" + p.rateBits(0) + ", " + p.queries(0)
                + " queries, " + p.grindingBits(0) + " bits of work");
        for (int i = 1; i <= p.levels().size(); i++) {
            facts.put("ladder level " + i, "2^" + p.codeBits(i) + " columns, rate 2^-" + p.rateBits(i) + ", " + p.queries(i)
                    + " queries, " + p.grindingBits(i) + " bits of work");
        }
        long values = 0;
        for (Column c : key.spec().inference(1).keyColumns()) {
            values += c.shape().size();
        }
        facts.put("key values", values);
        SecurityAccount account = ProofSecurity.longest(key);
        account.steps().forEach(step -> facts.put("security: " + step.name(),
                String.format(Locale.ROOT, "%.1f bits, %d times", step.bits(), step.count())));
        facts.put("security, weakest step", account.minimum());
        facts.put("security, sum", account.sum());
    }

    private void proof() throws IOException {
        try {
            Proof proof = Proof.decode(VerifyCommand.readProof(file));
            facts.put("kind", "proof");
            facts.put("key digest", HexFormat.of().formatHex(proof.keyDigest()));
            facts.put("prompt ids", java.util.Arrays.toString(proof.sequence().prompt()));
            facts.put("output ids", java.util.Arrays.toString(proof.sequence().generated()));
            facts.put("rows", proof.sequence().rows());
            facts.put("stream bytes", proof.stream().length);
        } catch (Rejection r) {
            throw new CommandException(file + ": " + r.getMessage(), r);
        }
    }
}
