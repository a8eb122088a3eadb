package dev.chagres.cli;

import dev.chagres.cli.BatchReport.Form;
import dev.chagres.kernel.Backends;
import dev.chagres.prove.Engine;
import dev.chagres.prove.Generator;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.statement.Binding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

    @Option(names = "--shard", paramLabel = "I/N", description = {
        "Prove a part of the lines, one of N: those with (number - 1) mod N = I; I counts from 0 to N-1.",
        "For job arrays on several machines."})
    private String shard;

    @Mixin
    private ThreadOptions threads;

    @Mixin
    private MemoryOptions memory;

    @Mixin
    private DeviceOptions device;

    @Mixin
    private ClusterOptions cluster;

    @Option(names = "--send-key", description = "Send the proving key to the executors; without, they find it as --pk.")
    private boolean sendKey;

    @Option(names = "--return", description = "Have proofs sent back; without, executors see the folder of --out.")
    private boolean returned;

    @Override
    int run() throws IOException {
        if (json() && jsonLines) {
            throw new CommandException("--json and --json-lines exclude each other");
        }
        Shard part = shard == null ? Shard.ALL : Shard.of(shard);
        boolean remote = cluster.given(sendKey || returned, "--cluster-set, --send-key and --return go");
        Cluster elsewhere = remote ? ClusterOptions.service("batch --cluster URL") : null;
        boolean streaming = prompts.toString().equals(STANDARD_INPUT);
        if (remote && streaming) {
            throw new CommandException("--cluster needs all prompts at once: --prompts FILE, not standard input");
        }
        List<byte[]> lines = streaming ? List.of() : TextFile.lines(prompts);
        Inputs.regular(pk);
        Outputs.folder(out);
        Binding bound = BindingOptions.read(binding);
        Form form = json() ? Form.JSON : jsonLines ? Form.JSON_LINES : Form.TABLE;
        BatchReport report = new BatchReport(commandName(), streaming ? "standard input" : prompts.toString(), form,
                streaming, out(), err());
        try (ConsoleProgress progress = progress();
                Engine engine = remote ? Engine.builder().threads(threads.given().orElse(1)).build()
                        : memory.engine(threads, device, Backends.ofProperty(), progress::warning);
                ProvingKey key = ProvingKey.open(pk)) {
            ProofFolder folder = ProofFolder.open(out, key.verifyingKey());
            BatchReader reader = new BatchReader(key.verifyingKey().tokenizer().tokenizer(), generate, bound);
            Generator generator = engine.generator(key.verifyingKey().spec(), key);
            BatchPlan plan = new BatchPlan(reader, generator, folder, part, report, progress);
            report.begin();
            if (remote) {
                List<BatchLine> missing = missing(plan, lines, progress);
                proveElsewhere(elsewhere, missing, key, engine, new ClusterBatch(folder, plan, report, progress));
            } else {
                LocalBatch batch = new LocalBatch(engine.prover(key).progress(progress.detail()), folder, plan, report,
                        progress);
                if (streaming) {
                    progress.phase("prove", 0);
                    stream(plan, batch);
                } else {
                    batch.prove(missing(plan, lines, progress));
                }
            }
        }
        return report.end() ? OK : FAILED;
    }

    private static List<BatchLine> missing(BatchPlan plan, List<byte[]> lines, ConsoleProgress progress)
            throws IOException {
        List<BatchLine> missing = plan.missing(lines);
        progress.phase("prove", missing.size());
        progress.onInterrupt("run the same command to go on");
        return missing;
    }

    private void proveElsewhere(Cluster elsewhere, List<BatchLine> missing, ProvingKey key, Engine engine,
            ClusterBatch results) throws IOException {
        if (!missing.isEmpty()) {
            elsewhere.prove(new Cluster.Request(cluster.place(threads.given()), key, sendKey, out.toAbsolutePath(),
                    returned, memory.size(), memory.folder(), device.name(), engine, missing), results);
        }
    }

    /// Proves lines of standard input as they come.
    private static void stream(BatchPlan plan, LocalBatch batch) throws IOException {
        PromptLines in = new PromptLines(System.in); // which is not ours to close
        int number = 0;
        for (byte[] bytes = in.next(); bytes != null; bytes = in.next()) {
            BatchLine line = plan.read(++number, bytes);
            if (line != null && !plan.kept(line)) {
                batch.prove(List.of(line));
            }
        }
    }
}
