package dev.chagres.cli;

import dev.chagres.kernel.Backend;
import dev.chagres.proof.Proof;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.PhaseRecorder;
import dev.chagres.prove.profile.Work;
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

    @Override
    int run() throws IOException {
        Inputs.regular(pk);
        Outputs.check(out);
        Binding bound = BindingOptions.read(binding);
        try (ProvingKey key = ProvingKey.open(pk); ConsoleProgress progress = progress()) {
            int[] ids = prompt.read(key.verifyingKey().tokenizer(), chat);
            Backend kernels = OneShotKernels.forProof(key.verifyingKey().spec(), ids.length, generate);
            try (Engine engine = memory.engine(threads, device, kernels, progress::warning)) {
                prove(engine, key, ids, bound, progress);
            }
            return OK;
        }
    }

    private void prove(Engine engine, ProvingKey key, int[] ids, Binding bound, ConsoleProgress progress)
            throws IOException {
        VerifyingKey vk = key.verifyingKey();
        GeneratedText text = new GeneratedText(vk.tokenizer(), progress, err());
        long start = System.nanoTime();
        AtomicLong lastId = new AtomicLong();
        PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), progress);
        Proof proved = engine.prover(key).bind(bound).progress(recorder).generateAndProve(ids, generate, id -> {
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
        Work work = Work.of(vk.spec().compile(sequence).graph());
        Profile measured = new Profile(work, recorder.phases(), threads.count());
        if (json()) {
            result.put("phases", measured.phaseMaps());
            result.put("work", measured.counts());
        }
        print(result);
        if (profile && !json()) {
            out().print(measured.toText());
            out().flush();
        }
    }
}
