package dev.chagres.cli;

import dev.chagres.cli.BatchResult.Status;
import dev.chagres.proof.Proof;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.Generator;
import dev.chagres.prove.Prover;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.semantics.DomainException;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tokenizer.TokenizerException;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `batch`: proves many prompts in one warm process.
///
/// All lines are read before the first proof is made, so that mistakes show at once. A line that cannot be proved is reported and
/// the others go on; a proof of the same statement that is already there is kept, so an interrupted batch continues where it was.
@CommandLine.Command(name = "batch", description = {
    "Proves many prompts in one process: one line of FILE, one proof DIR/ID.proof.",
    "A line is a prompt as it stands, or a JSON object with 'prompt' or 'ids', and optionally 'id' and 'generate'.",
    "Proofs that are already there are kept. Exit code 1 if lines failed."})
final class BatchCommand extends Command {
    private static final int FAILED = 1;
    private static final String SUFFIX = ".proof";

    @Option(names = "--pk", required = true, paramLabel = "FILE", description = "The proving key.")
    private Path pk;

    @Option(names = "--prompts", required = true, paramLabel = "FILE", description = "The prompts, one a line.")
    private Path prompts;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the proofs.")
    private Path out;

    @Option(names = "--generate", paramLabel = "N", description = "Number of tokens to generate where a line does not say.")
    private Integer generate;

    @Mixin
    private ThreadOptions threads;

    @Mixin
    private MemoryOptions memory;

    /// By line.
    private final Map<Integer, BatchResult> results = new TreeMap<>();

    @Override
    int run() throws IOException {
        long start = System.nanoTime();
        List<byte[]> lines = TextFile.lines(prompts);
        Inputs.regular(pk);
        Outputs.folder(out);
        WholeFile.removeStale(out, name -> name.endsWith(SUFFIX));
        try (Engine engine = memory.engine(threads); ProvingKey key = ProvingKey.open(pk); ConsoleProgress progress = progress()) {
            List<BatchLine> missing = plan(engine, key, lines, progress);
            progress.phase("prove", missing.size());
            progress.onInterrupt("run the same command to go on");
            Prover prover = engine.prover(key).progress(progress.detail());
            for (BatchLine line : missing) {
                prove(line, prover, progress);
            }
        }
        show((System.nanoTime() - start) / 1e9);
        return count(Status.FAILED) == 0 ? OK : FAILED;
    }

    /// The lines whose proofs are to be made; the others get their results.
    private List<BatchLine> plan(Engine engine, ProvingKey key, List<byte[]> lines, ConsoleProgress progress) throws IOException {
        VerifyingKey vk = key.verifyingKey();
        BatchReader reader = new BatchReader(vk.tokenizer().tokenizer(), generate);
        Generator generator = engine.generator(vk.spec(), key);
        List<BatchLine> missing = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            int number = i + 1;
            BatchLine line = null;
            try {
                line = reader.read(number, lines.get(i));
                if (line == null) {
                    continue;
                }
                generator.check(line.prompt(), line.generate());
                Proof present = present(line, vk);
                if (present == null) {
                    missing.add(line);
                } else {
                    results.put(number, new BatchResult(number, line.id(), Status.SKIPPED, present.sequence().rows(), 0,
                            Files.size(file(line)), null));
                }
            } catch (CommandException | TokenizerException | IllegalArgumentException e) {
                fail(number, line == null ? null : line.id(), e, progress);
            }
        }
        return missing;
    }

    private Path file(BatchLine line) {
        return out.resolve(line.id() + SUFFIX);
    }

    /// The proof of a line if it is there. Files appear whole, so its statement tells enough.
    ///
    /// @throws CommandException if something else is there
    private Proof present(BatchLine line, VerifyingKey key) throws IOException {
        Path file = file(line);
        if (!Files.exists(file)) {
            return null;
        }
        Proof proof;
        try {
            proof = Proof.decode(VerifyCommand.readProof(file));
        } catch (Rejection e) {
            throw new CommandException(file + " is in the way: " + e.getMessage(), e);
        }
        String other = null;
        TokenSequence s = proof.sequence();
        int[] generated = s.generated();
        boolean ended = generated[generated.length - 1] == key.spec().limits().endOfText();
        if (!Arrays.equals(proof.keyDigest(), key.digest())) {
            other = "another key";
        } else if (!Arrays.equals(s.prompt(), line.prompt())) {
            other = "another prompt";
        } else if (generated.length > line.generate() || generated.length < line.generate() && !ended) {
            other = generated.length + " generated tokens, not " + line.generate();
        }
        if (other != null) {
            throw new CommandException(file + " is a proof for " + other + "; remove it or choose another id");
        }
        return proof;
    }

    private void prove(BatchLine line, Prover prover, ConsoleProgress progress) throws IOException {
        long start = System.nanoTime();
        try {
            Proof proof = prover.generateAndProve(line.prompt(), line.generate(), _ -> { });
            byte[] bytes = proof.encode();
            Outputs.write(file(line), bytes);
            BatchResult result = new BatchResult(line.number(), line.id(), Status.PROVED, proof.sequence().rows(),
                    (System.nanoTime() - start) / 1e9, bytes.length, null);
            results.put(line.number(), result);
            progress.step(String.format(Locale.ROOT, "%s: %d tokens in %.2f s", line.id(), result.rows(), result.seconds()));
        } catch (DomainException | IllegalArgumentException e) {
            fail(line.number(), line.id(), e, progress);
            progress.step();
        }
    }

    private void fail(int number, String id, RuntimeException e, ConsoleProgress progress) {
        String error = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        results.put(number, new BatchResult(number, id, Status.FAILED, 0, 0, 0, error));
        progress.error(prompts + ":" + number + ": " + error);
    }

    private int count(Status status) {
        return (int) results.values().stream().filter(r -> r.status() == status).count();
    }

    private void show(double seconds) {
        int rows = results.values().stream().filter(r -> r.status() == Status.PROVED).mapToInt(BatchResult::rows).sum();
        if (json()) {
            Map<String, Object> result = new LinkedHashMap<>();
            for (Status s : Status.values()) {
                result.put(s.toString(), count(s));
            }
            result.put("seconds", seconds);
            result.put("tokensPerSecond", rows / seconds);
            result.put("lines", results.values().stream().map(BatchResult::toMap).toList());
            printJson(result);
            return;
        }
        String format = "%6s  %-24s  %-8s  %6s  %8s  %9s";
        out().println(String.format(Locale.ROOT, format, "line", "id", "status", "tokens", "seconds", "bytes"));
        for (BatchResult r : results.values()) {
            out().println(String.format(Locale.ROOT, format, r.line(), r.id() == null ? "" : r.id(), r.status(), r.rows(),
                    String.format(Locale.ROOT, "%.2f", r.seconds()), r.bytes()));
        }
        out().println(String.format(Locale.ROOT, "%d proved, %d kept, %d failed in %.1f s; %.1f tokens/s", count(Status.PROVED),
                count(Status.SKIPPED), count(Status.FAILED), seconds, rows / seconds));
        out().flush();
    }
}
