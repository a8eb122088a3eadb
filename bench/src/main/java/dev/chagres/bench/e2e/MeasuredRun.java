package dev.chagres.bench.e2e;

import dev.chagres.cli.SystemFacts;
import dev.chagres.hash.Blake3;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.DeviceUse;
import dev.chagres.prove.profile.PhaseRecorder;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Proves and verifies one sequence in this process.
///
/// @param tokens rows of the model
/// @param generate ids to generate, at most `tokens`; the prompt is as long as is left
/// @param proof file that the proof is written to
public record MeasuredRun(Path provingKey, Path verifyingKey, Path proof, int tokens, int generate) {
    private static final long PROMPT_SEED = 1;
    private static final int VERIFICATIONS = 5;

    /// Measures. The prompt is random, from a fixed seed.
    ///
    /// @param start what [System#nanoTime()] was when the work began
    RunFigures measure(Engine engine, long start, Progress progress) throws IOException {
        progress.phase("open key", 0);
        try (ProvingKey pk = ProvingKey.open(provingKey)) {
            PhaseRecorder recorder = new PhaseRecorder(engine.memory(), engine.meter(), progress);
            VerifyingKey key = pk.verifyingKey();
            int[] prompt = new SplittableRandom(PROMPT_SEED)
                    .ints(tokens + 1L - generate, 0, key.spec().limits().vocabulary()).toArray();
            long inferenceStart = System.nanoTime();
            AtomicLong lastId = new AtomicLong();
            Proof proved = engine.prover(pk).progress(recorder)
                    .generateAndProve(prompt, generate, _ -> lastId.set(System.nanoTime()));
            double inference = (lastId.get() - inferenceStart) / 1e9;
            byte[] bytes = proved.encode();
            double prove = seconds(start);
            long peak = SystemFacts.peakResidentBytes();
            Files.write(proof, bytes);
            progress.phase("verify", VERIFICATIONS);
            Verification verification = verify(bytes, progress);
            return new RunFigures(engine.kernels(), engine.device(), HexFormat.of().formatHex(Blake3.hash(bytes)),
                    verification.accepted, proved.sequence().rows(), proved.sequence().generated().length,
                    inference, prove, verification.seconds, bytes.length, peak, seconds(recorder.phases()),
                    device(recorder.phases()));
        }
    }

    private static Map<String, Double> seconds(List<PhaseRecorder.Phase> phases) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        phases.forEach(p -> seconds.merge(p.name(), p.seconds(), Double::sum));
        return seconds;
    }

    private static Map<String, DeviceUse> device(List<PhaseRecorder.Phase> phases) {
        Map<String, DeviceUse> used = new LinkedHashMap<>();
        phases.stream().filter(p -> p.device().launches() > 0)
                .forEach(p -> used.merge(p.name(), p.device(), DeviceUse::and));
        return used;
    }

    private record Verification(boolean accepted, double seconds) {}

    /// With the key of the file, as a user would.
    private Verification verify(byte[] bytes, Progress progress) throws IOException {
        Verifier verifier = new Verifier(VerifyingKey.decode(Files.readAllBytes(verifyingKey)));
        double best = Double.MAX_VALUE;
        boolean accepted = true;
        for (int i = 0; i < VERIFICATIONS; i++) {
            long start = System.nanoTime();
            accepted &= verifier.verify(bytes).accepted();
            best = Math.min(best, seconds(start));
            progress.step();
        }
        return new Verification(accepted, best);
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
