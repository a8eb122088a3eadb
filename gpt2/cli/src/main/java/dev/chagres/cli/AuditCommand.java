package dev.chagres.cli;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.model.ModelSpec;
import dev.chagres.proof.ProofSecurity;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `audit`: whether a verifying key is that of a model, by building it again.
@CommandLine.Command(name = "audit", description = {
    "Builds the verifying key of a model again, without writing it, and compares it with a key that somebody made.",
    "Exit code 0: they are equal; 1: they differ, and how is printed."})
final class AuditCommand extends Command {
    private static final int DIFFERENT = 1;

    @Option(names = "--vk", required = true, paramLabel = "FILE", description = "The verifying key.")
    private Path vk;

    @Option(names = "--model", required = true, paramLabel = "FILE.cgm|DIR|FILE.gguf",
            description = "The integer model, or the float model, which is then quantised again.")
    private Path model;

    @Option(names = "--calibration", paramLabel = "FILE",
            description = "With a float model: the text that 'quantize' was given.")
    private Path calibration;

    @Option(names = "--accuracy", paramLabel = "LEVEL",
            description = "With a float model: what 'quantize' was given.")
    private String accuracy;

    @Option(names = "--context", paramLabel = "N", description = "With a float model: what 'quantize' was given.")
    private Integer context;

    @Option(names = "--name", paramLabel = "TEXT",
            description = "Name that 'quantize' or 'setup' was given; default: that of the model or of the folder.")
    private String name;

    @Mixin
    private ThreadOptions threads;

    @Override
    int run() throws IOException {
        VerifyingKey key = VerifyingKey.open(vk);
        if (!Files.isDirectory(model) && !model.toString().endsWith(".gguf")) {
            refuse(calibration, "--calibration");
            refuse(accuracy, "--accuracy");
            refuse(context, "--context");
            return audit(key, model, List.of());
        }
        List<String> notes;
        try (ModelWeights weights = ModelWeights.open(model)) {
            notes = weights.notes();
        }
        Path work = Files.createTempDirectory("chagres-audit");
        Path quantised = work.resolve("audit.cgm");
        try {
            int code = quantise(quantised);
            return code == OK ? audit(key, quantised, notes) : code;
        } finally {
            Files.deleteIfExists(quantised);
            Files.delete(work);
        }
    }

    private void refuse(Object option, String name) {
        if (option != null) {
            throw new CommandException(name + " is for a float model, a folder or a GGUF file; " + model + " is neither");
        }
    }

    /// The same command that made the integer model, on the same input.
    private int quantise(Path target) {
        List<String> words = new ArrayList<>(
                List.of("quantize", "--model", model.toString(), "--out", target.toString()));
        if (calibration != null) {
            words.addAll(List.of("--calibration", calibration.toString()));
        }
        if (accuracy != null) {
            words.addAll(List.of("--accuracy", accuracy));
        }
        if (context != null) {
            words.addAll(List.of("--context", context.toString()));
        }
        if (name != null) {
            words.addAll(List.of("--name", name));
        }
        return Main.commandLine(new PrintWriter(Writer.nullWriter()), err()).execute(words.toArray(String[]::new));
    }

    /// @param notes about the float model, which quantising has shown
    private int audit(VerifyingKey key, Path file, List<String> notes) throws IOException {
        long start = System.nanoTime();
        List<Difference> differences = new ArrayList<>();
        String rebuiltDigest = null;
        boolean standard;
        try (Engine engine = threads.engine(); Arena arena = Arena.ofShared(); ConsoleProgress progress = progress()) {
            progress.phase("load", 0);
            IntegerModel integer = IntegerModelFile.map(file, arena);
            ModelKeySource source = new ModelKeySource(integer, name == null ? integer.name() : name);
            differences.addAll(Difference.between("name", key.name(), source.name()));
            differences.addAll(Difference.between("tokenizer", key.tokenizer(), source.tokenizer()));
            differences.addAll(Difference.between("family", key.spec().family(), source.spec().family()));
            List<Difference> description = Difference.between("description", key.spec(), source.spec());
            differences.addAll(description);
            CommitmentParameters parameters = key.parameters();
            standard = parameters.equals(standard(source.spec(), parameters.targetBits()));
            // Weights of another shape have another layout: their root would say nothing more.
            if (description.isEmpty()) {
                VerifyingKey rebuilt = engine.rebuild(source, parameters, progress);
                differences.addAll(Difference.between("root", hex(key.root()), hex(rebuilt.root())));
                rebuiltDigest = hex(rebuilt.digest());
            }
        }
        boolean equal = hex(key.digest()).equals(rebuiltDigest);
        if (equal != differences.isEmpty()) {
            throw new IllegalStateException("the digests say " + equal + ", the fields differ in " + differences);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("verifyingKey", vk.toString());
        result.put("model", model.toString());
        result.put("equal", equal);
        result.put("digest", hex(key.digest()));
        result.put("rebuiltDigest", rebuiltDigest);
        result.put("differences", differences.stream().map(Difference::toMap).toList());
        result.put("standardParameters", standard);
        result.put("warnings", notes);
        result.put("seconds", (System.nanoTime() - start) / 1e9);
        show(result, differences);
        return equal ? OK : DIFFERENT;
    }

    /// What `setup --security` would choose; null if it would refuse.
    private static CommitmentParameters standard(ModelSpec spec, int targetBits) {
        try {
            return targetBits < ProofSecurity.MINIMUM_BITS ? null : ProofSecurity.choose(spec, targetBits);
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }

    private void show(Map<String, Object> result, List<Difference> differences) {
        if (json()) {
            printJson(result);
            return;
        }
        boolean equal = (boolean) result.get("equal");
        line(equal ? "EQUAL" : "DIFFERENT", vk + (equal ? " is the key of " : " is not the key of ") + model);
        line("digest", result.get("digest").toString());
        for (Difference d : differences) {
            line(d.field(), d.key() + " in the key, " + d.rebuilt() + " from the model");
        }
        if (differences.stream().anyMatch(d -> d.field().startsWith("description"))) {
            line("root", "not compared: the weights have another description");
        } else if (!equal && differences.stream().allMatch(d -> d.field().equals("name"))) {
            line("note", "only the name differs, which proves nothing; --name compares under another name");
        }
        if (!(boolean) result.get("standardParameters")) {
            line("note", "the parameters of the proof system are not those that this version chooses; "
                    + "'verify' holds every proof to 100 bits all the same");
        }
        out().flush();
    }

    private void line(String head, String text) {
        out().println(String.format("%-10s ", head) + Texts.indented(text, 11));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
