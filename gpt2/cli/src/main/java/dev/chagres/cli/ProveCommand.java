package dev.chagres.cli;

import dev.chagres.kernel.Backend;
import dev.chagres.proof.Proof;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.Prover;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.PhaseRecorder;
import dev.chagres.prove.profile.Work;
import dev.chagres.prove.remote.Traffic;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `prove`: generates and proves one sequence.
@CommandLine.Command(name = "prove", description = "Continues a prompt greedily and proves the whole sequence.")
final class ProveCommand extends Command {
    @Option(names = "--pk", required = true, paramLabel = "FILE", description = "The proving key.")
    private Path pk;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private PromptOptions prompt;

    @Mixin
    private ChatOptions chat;

    @Option(names = "--generate", required = true, paramLabel = "N", description = "Number of tokens to generate.")
    private int generate;

    @Option(names = "--out", required = true, paramLabel = "FILE.proof", description = "The proof.")
    private Path out;

    @ArgGroup(exclusive = true)
    private BindingOptions binding;

    @Option(names = "--profile", description = {
        "Also print where the time went: seconds, memory and counted work of each phase, and the least time for "
            + "that work.",
        "With --json this is always there."})
    private boolean profile;

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

    @Override
    int run() throws IOException {
        Inputs.regular(pk);
        Outputs.check(out);
        Binding bound = BindingOptions.read(binding);
        boolean remote = cluster.given(sendKey, "--cluster-set and --send-key go");
        if (remote && !device.name().equals("cpu")) {
            throw new CommandException("--device does not go with --cluster: one proof over executors is made on their"
                    + " processors");
        }
        Cluster elsewhere = remote ? ClusterOptions.service("prove --cluster URL") : null;
        try (ProvingKey key = ProvingKey.open(pk); ConsoleProgress progress = progress()) {
            int[] ids = prompt.read(key.verifyingKey().tokenizer(), chat);
            Backend kernels = OneShotKernels.forProof(key.verifyingKey().spec(), ids.length, generate);
            try (Engine engine = remote ? Engine.builder().kernels(kernels).warnings(progress::warning).build()
                    : memory.engine(threads, device, kernels, progress::warning)) {
                return remote ? proveElsewhere(elsewhere, engine, key, ids, bound, progress)
                        : prove(engine, engine.prover(key), key, ids, bound, progress, null);
            }
        }
    }

    private int proveElsewhere(Cluster elsewhere, Engine engine, ProvingKey key, int[] ids, Binding bound,
            ConsoleProgress progress) throws IOException {
        engine.generator(key.verifyingKey().spec(), key).check(ids, generate);
        progress.phase("cluster", 0);
        Cluster.ProofRequest request = new Cluster.ProofRequest(cluster.place(threads.given()), key, sendKey,
                memory.size(), memory.folder(), engine, ids, generate);
        try (Cluster.Machines machines = elsewhere.machines(request, progress::note)) {
            Traffic traffic = new Traffic();
            return prove(engine, engine.prover(key).over(machines, traffic), key, ids, bound, progress,
                    new TrafficFacts(machines.count(), traffic));
        } catch (IllegalStateException e) { // the transcript does not go on with what came back, or it does not verify
            progress.error(commandLine().getCommandSpec().qualifiedName() + ": what executors sent makes no proof: "
                    + Failures.clean(String.valueOf(e.getMessage())) + "; nothing was written");
            return REJECTED;
        }
    }

    /// @param elsewhere who makes the proof; null for this process
    private int prove(Engine engine, Prover prover, ProvingKey key, int[] ids, Binding bound, ConsoleProgress progress,
            TrafficFacts elsewhere) throws IOException {
        VerifyingKey vk = key.verifyingKey();
        GeneratedText text = new GeneratedText(vk.tokenizer(), progress, err());
        long start = System.nanoTime();
        AtomicLong lastId = new AtomicLong();
        PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), progress);
        Proof proved = prover.bind(bound).progress(recorder).generateAndProve(ids, generate, id -> {
            lastId.set(System.nanoTime());
            text.next(id);
        });
        double inference = (lastId.get() - start) / 1e9;
        double seconds = (System.nanoTime() - start) / 1e9;
        TokenSequence sequence = proved.sequence();
        byte[] proof = proved.encode();
        Outputs.write(out, proof);
        progress.end();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("proof", out.toString());
        result.put("tokens", sequence.rows());
        result.put("output", Texts.decode(vk.tokenizer(), sequence.generated()));
        result.put("inferenceSeconds", inference);
        result.put("proveSeconds", seconds);
        result.put("proofBytes", proof.length);
        result.put("kernels", engine.kernels());
        result.put("device", engine.device());
        if (elsewhere != null) {
            elsewhere.put(result, json());
        }
        Work work = Work.of(vk.spec().compile(sequence).graph());
        Profile measured = new Profile(work, recorder.phases(), engine.threads());
        if (json()) {
            result.put("phases", measured.phaseMaps());
            result.put("work", measured.counts());
        }
        print(result);
        if (profile && !json()) {
            out().print(measured.toText());
            out().flush();
        }
        return OK;
    }
}
