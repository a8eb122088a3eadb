package dev.chagres.cli;

import dev.chagres.cli.BatchResult.Status;
import dev.chagres.kernel.Backends;
import dev.chagres.proof.Proof;
import dev.chagres.prove.DeviceFailureException;
import dev.chagres.prove.Engine;
import dev.chagres.prove.Generator;
import dev.chagres.prove.Prover;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.semantics.DomainException;
import dev.chagres.statement.Binding;
import dev.chagres.tokenizer.TokenizerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `batch`: proves many prompts in one warm process.
///
/// All lines of a file are read before the first proof is made, so that mistakes show at once; lines of standard input
/// are proved as they come. A line that cannot be proved is reported and the others go on; a proof of the same
/// statement that is already there is kept, so an interrupted batch continues where it was, and several batches may
/// share a folder.
@CommandLine.Command(name = "batch", description = {
    "Proves many prompts in one process: one line of FILE, one proof DIR/ID.proof.",
    "A line is a prompt as it stands, or a JSON object with 'prompt' or 'ids', and optionally 'id', 'generate' and "
            + "'bind'.",
    "Proofs that are already there are kept. Exit code 1 if lines failed."})
final class BatchCommand extends Command {
    private static final int FAILED = 1;
    private static final String STANDARD_INPUT = "-";

    @Option(names = "--pk", required = true, paramLabel = "FILE", description = "The proving key.")
    private Path pk;

    @Option(names = "--prompts", required = true, paramLabel = "FILE",
            description = "The prompts, one a line; - is standard input, of which each line is proved as it comes.")
    private Path prompts;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the proofs.")
    private Path out;

    @Option(names = "--generate", paramLabel = "N",
            description = "Number of tokens to generate where a line does not say.")
    private Integer generate;

    @ArgGroup(exclusive = true)
    private BindingOptions binding;

    @Option(names = "--json-lines",
            description = "Print a JSON object for each line of the prompts, as soon as it is done.")
    private boolean jsonLines;

    @Mixin
    private ThreadOptions threads;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private DeviceOptions device;

    private boolean streaming;
    private ProofFolder folder;
    private BatchReader reader;
    private Generator generator;
    private Prover prover;
    private ConsoleProgress progress;
    private BatchRecord record;

    @Override
    int run() throws IOException {
        if (json() && jsonLines) {
            throw new CommandException("--json and --json-lines exclude each other");
        }
        streaming = prompts.toString().equals(STANDARD_INPUT);
        List<byte[]> lines = streaming ? List.of() : TextFile.lines(prompts);
        Inputs.regular(pk);
        Outputs.folder(out);
        Binding bound = BindingOptions.read(binding);
        record = new BatchRecord(json() || !jsonLines && !streaming);
        try (ConsoleProgress console = progress();
                Engine engine = memory.engine(threads, device, Backends.ofProperty(), console::warning);
                ProvingKey key = ProvingKey.open(pk)) {
            progress = console;
            folder = ProofFolder.open(out, key.verifyingKey());
            reader = new BatchReader(key.verifyingKey().tokenizer().tokenizer(), generate, bound);
            generator = engine.generator(key.verifyingKey().spec(), key);
            prover = engine.prover(key).progress(progress.detail());
            if (streaming) {
                stream();
            } else {
                prove(missing(lines));
            }
        }
        end();
        return record.count(Status.FAILED) == 0 ? OK : FAILED;
    }

    /// Proves lines of standard input as they come.
    private void stream() throws IOException {
        if (!json() && !jsonLines) {
            out().println(BatchResult.head());
            out().flush();
        }
        progress.phase("prove", 0);
        PromptLines in = new PromptLines(System.in); // which is not ours to close
        int number = 0;
        for (byte[] line = in.next(); line != null; line = in.next()) {
            BatchLine prompt = read(++number, line);
            if (prompt != null && !kept(prompt)) {
                prove(prompt);
            }
        }
    }

    /// The lines whose proofs are to be made; the others get their results.
    private List<BatchLine> missing(List<byte[]> lines) throws IOException {
        List<BatchLine> missing = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            BatchLine prompt = read(i + 1, lines.get(i));
            if (prompt != null && !kept(prompt)) {
                missing.add(prompt);
            }
        }
        return missing;
    }

    /// Proves lines in order. Those that another batch is proving come last: its proof will be there then, unless it
    /// was killed.
    private void prove(List<BatchLine> missing) throws IOException {
        progress.phase("prove", missing.size());
        progress.onInterrupt("run the same command to go on");
        List<BatchLine> later = new ArrayList<>();
        for (BatchLine line : missing) {
            if (folder.beingProved(line)) {
                later.add(line);
            } else {
                proveUnlessPresent(line);
            }
        }
        for (BatchLine line : later) {
            proveUnlessPresent(line);
        }
    }

    private void proveUnlessPresent(BatchLine line) throws IOException {
        if (kept(line)) {
            progress.step();
            return;
        }
        BatchResult result = prove(line);
        if (result.status() == Status.PROVED) {
            progress.step(
                    String.format(Locale.ROOT, "%s: %d tokens in %.2f s", line.id(), result.rows(), result.seconds()));
        } else {
            progress.step();
        }
    }

    /// Reads a line; null if it is blank or has failed.
    private BatchLine read(int number, byte[] line) {
        try {
            BatchLine prompt = reader.read(number, line);
            if (prompt != null) {
                generator.check(prompt.prompt(), prompt.generate());
            }
            return prompt;
        } catch (CommandException | TokenizerException | IllegalArgumentException e) {
            fail(number, reader.id(), e);
            return null;
        }
    }

    /// Whether nothing is to be done for a line: its proof is there, or something else is in its place.
    private boolean kept(BatchLine line) throws IOException {
        try {
            Proof present = folder.present(line);
            if (present == null) {
                return false;
            }
            report(new BatchResult(line.number(), line.id(), Status.KEPT, present.sequence().rows(), 0,
                    Files.size(folder.file(line)), null));
        } catch (CommandException e) {
            fail(line.number(), line.id(), e);
        }
        return true;
    }

    private BatchResult prove(BatchLine line) throws IOException {
        long start = System.nanoTime();
        // The temporary file tells other batches that this line is being proved, and this one that it can be written.
        try (WholeFile file = WholeFile.create(folder.file(line))) {
            Proof proof = prover.bind(line.binding()).generateAndProve(line.prompt(), line.generate(), _ -> { });
            byte[] bytes = proof.encode();
            file.write(bytes);
            file.commit();
            BatchResult result = new BatchResult(line.number(), line.id(), Status.PROVED, proof.sequence().rows(),
                    (System.nanoTime() - start) / 1e9, bytes.length, null);
            report(result);
            return result;
        } catch (DomainException | IllegalArgumentException | DeviceFailureException e) {
            return fail(line.number(), line.id(), e);
        }
    }

    private BatchResult fail(int number, String id, RuntimeException e) {
        String error = String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        progress.error((streaming ? "standard input" : prompts) + ":" + number + ": " + error);
        BatchResult result = BatchResult.failed(number, id, error);
        report(result);
        return result;
    }

    private void report(BatchResult result) {
        record.add(result);
        if (jsonLines) {
            printJsonLine(result.toMap());
        } else if (!json() && streaming) {
            out().println(result.row());
            out().flush();
        }
    }

    private void end() {
        if (json()) {
            printJson(record.toMap());
        } else if (jsonLines) {
            err().println(record.summary());
            err().flush();
        } else {
            if (!streaming) {
                out().print(record.table());
            }
            out().println(record.summary());
            out().flush();
        }
    }
}
