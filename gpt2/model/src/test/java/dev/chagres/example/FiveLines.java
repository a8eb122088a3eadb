package dev.chagres.example;

import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.Engine;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.prove.key.ProvingKey;
import dev.chagres.prove.profile.Progress;
import java.io.IOException;
import java.nio.file.Path;

/// What a host program writes to prove a text and to check the proof. The README shows these lines; FiveLinesTest runs
/// them.
public final class FiveLines {
    private FiveLines() {}

    /// @param keys folder with model.pk and model.vk
    /// @param proofFile appears whole or not at all
    /// @param listener is told what is being done
    public static Verdict run(Path keys, Path proofFile, String prompt, int count, Progress listener)
            throws IOException {
        try (Engine engine = Engine.builder().memory("8g").build(); ProvingKey key = ProvingKey.open(
                keys.resolve("model.pk"))) {
            Proof proof = engine.prover(key).progress(listener).prove(prompt, count);
            WholeFile.write(proofFile, proof.encode());
        }
        return VerifyingKey.open(keys.resolve("model.vk")).verify(proofFile);
    }
}
