package dev.chagres.cli;

import dev.chagres.gpt2.demo.BundledModel;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.QuantizationReport;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.proof.Proof;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `demo`: the main job on the bundled model, from float weights to a verified proof and rejected forgeries.
@CommandLine.Command(name = "demo",
        description = "Quantises the bundled model, proves a full context of text, verifies it.")
final class DemoCommand extends Command {
    private static final int WINDOWS = 4;
    /// Of the calibration text.
    private static final int CALIBRATION_IDS = 1 << 12;

    @Option(names = "--prompt", paramLabel = "TEXT", defaultValue = "ROMEO:\n",
            description = "The prompt to complete; default: 'ROMEO:' and a line end.")
    private String prompt;

    @Option(names = "--model", paramLabel = "NAME", defaultValue = "gpt2",
            description = "gpt2 or llama: which bundled model; default: ${DEFAULT-VALUE}.")
    private BundledModel.Kind kind;

    @Mixin
    private ThreadOptions threads;

    @Mixin
    private DeviceOptions device;

    private final Map<String, Object> table = new LinkedHashMap<>();
    private final List<Map<String, Object>> forgeries = new ArrayList<>();
    private boolean good = true;

    @Override
    int run() throws IOException {
        Path folder = Files.createTempDirectory("chagres-demo");
        try (ConsoleProgress progress = progress(); Engine engine = threads.engine(device, progress::warning);
                BundledModel bundled = BundledModel.open(kind)) {
            long start = System.nanoTime();
            progress.phase("quantise", 0);
            VerifyingKey key;
            try (Arena arena = Arena.ofShared()) {
                IntegerModel model = quantise(bundled, arena);
                table.put("quantiseSeconds", seconds(start));
                start = System.nanoTime();
                key = engine.setup(
                        new ModelKeySource(model), folder.resolve("model.pk"), folder.resolve("model.vk"), progress);
                table.put("setupSeconds", seconds(start));
            }
            try (ProvingKey pk = ProvingKey.open(folder.resolve("model.pk"))) {
                prove(engine, bundled.tokenizer(), pk, key, progress);
            }
        } finally {
            delete(folder);
        }
        show();
        return good ? OK : REJECTED;
    }

    private IntegerModel quantise(BundledModel bundled, Arena arena) {
        Tokenizer t = bundled.tokenizer();
        int context = bundled.weights().architecture().context();
        IntegerModel model = new Quantizer(bundled.weights())
                .quantise(arena, kind.modelName(), bundled.tokenizerInfo(),
                        Texts.windows(t.encode(BundledModel.calibrationText()), context, CALIBRATION_IDS / context));
        QuantizationReport report = QuantizationReport.compare(new FloatModel(bundled.weights()), model,
                Texts.windows(t.encode(BundledModel.validationText()), context, WINDOWS));
        table.put("topOneAgreement", report.topOneAgreement());
        return model;
    }

    private void prove(Engine engine, Tokenizer tokenizer, ProvingKey pk, VerifyingKey key, ConsoleProgress progress) {
        int[] ids = tokenizer.encode(prompt);
        int count = key.spec().limits().context() + 1 - ids.length;
        long start = System.nanoTime();
        AtomicLong lastId = new AtomicLong();
        Proof proof = engine.prover(pk).progress(progress)
                .generateAndProve(ids, count, _ -> lastId.set(System.nanoTime()));
        double inference = (lastId.get() - start) / 1e9;
        double proving = seconds(lastId.get());
        TokenSequence sequence = proof.sequence();
        byte[] bytes = proof.encode();
        progress.phase("verify", 0);
        Verifier verifier = new Verifier(key);
        start = System.nanoTime();
        good &= verifier.verify(bytes).accepted();
        double verifying = seconds(start);
        for (int part = 1; part < 5; part++) {
            byte[] tampered = bytes.clone();
            int at = bytes.length / 5 * part;
            tampered[at] ^= 1;
            forgery("bit flipped in byte " + at, verifier.verify(tampered));
        }
        int[] other = sequence.ids();
        other[other.length - 1] = (other[other.length - 1] + 1) % key.spec().limits().vocabulary();
        forgery("last output token changed", verifier.verify(
                new Proof(proof.keyDigest(), new TokenSequence(other, ids.length), proof.stream()).encode()));
        progress.close();
        table.put("text", prompt + tokenizer.decode(sequence.generated()));
        table.put("tokens", sequence.rows());
        table.put("generatedTokens", count);
        table.put("inferenceSeconds", inference);
        table.put("proveSeconds", proving);
        table.put("tokensPerSecond", sequence.rows() / (inference + proving));
        table.put("verifySeconds", verifying);
        table.put("peakRssBytes", SystemFacts.peakResidentBytes());
        table.put("proofBytes", bytes.length);
        table.putAll(SecurityFacts.of(ProofSecurity.of(key, sequence)));
        table.put("device", engine.device());
        table.put("accepted", good);
    }

    private void forgery(String what, Verdict verdict) {
        good &= !verdict.accepted();
        Map<String, Object> forgery = new LinkedHashMap<>();
        forgery.put("change", what);
        forgery.put("accepted", verdict.accepted());
        forgery.put("check", verdict instanceof Verdict.Rejected r ? r.check() : null);
        forgeries.add(forgery);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private void show() {
        if (json()) {
            table.put("forgeries", forgeries);
            printJson(table);
            return;
        }
        out().println();
        out().println(table.get("text"));
        out().println();
        row("tokens", table.get("tokens") + " (" + table.get("generatedTokens") + " generated)");
        row("top-1 agreement", String.format(
                Locale.ROOT, "%.1f %% with the float model", 100 * (double) table.get("topOneAgreement")));
        row("setup", time("setupSeconds"));
        row("inference", time("inferenceSeconds"));
        row("proving", time("proveSeconds"));
        row("verifying", time("verifySeconds"));
        row("speed", String.format(
                Locale.ROOT, "%.1f tokens/s, inference and proof, cold start", (double) table.get("tokensPerSecond")));
        row("device", (String) table.get("device"));
        row("peak memory", (long) table.get("peakRssBytes") / (1 << 20) + " MiB");
        row("proof", table.get("proofBytes") + " bytes");
        row("security", String.format(Locale.ROOT, "%.1f bits", (double) table.get("securityBits")));
        row("proof", (boolean) table.get("accepted") ? "accepted" : "NOT AS EXPECTED");
        forgeries.forEach(f -> row("forgery", f.get("change") + ": "
                + ((boolean) f.get("accepted") ? "ACCEPTED" : "rejected by " + f.get("check"))));
        out().flush();
    }

    private void row(String name, String value) {
        out().println(String.format(Locale.ROOT, "%-16s %s", name, value));
    }

    private String time(String name) {
        return String.format(Locale.ROOT, "%.2f s", (double) table.get(name));
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path f : files.toList()) {
                Files.delete(f);
            }
        }
        Files.delete(folder);
    }
}
