package dev.chagres.cli;

import dev.chagres.model.ModelLimits;
import dev.chagres.proof.Ending;
import dev.chagres.proof.Proof;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.file.WholeFile;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The folder of a batch: `ID.proof` for each line. Several batches may work in one folder.
///
/// @param folder that exists
/// @param key    of all proofs
record ProofFolder(Path folder, VerifyingKey key) {
    private static final String SUFFIX = ".proof";

    /// Makes the folder where it is missing and removes what killed processes left in it.
    static ProofFolder open(Path folder, VerifyingKey key) throws IOException {
        Files.createDirectories(folder);
        WholeFile.removeStale(folder, name -> name.endsWith(SUFFIX));
        return new ProofFolder(folder, key);
    }

    /// The proof file of a line.
    Path file(BatchLine line) {
        return folder.resolve(line.id() + SUFFIX);
    }

    /// The proof of a line if it is there, null if not. Files appear whole, so its statement tells enough.
    ///
    /// @throws CommandException if something else is there
    Proof present(BatchLine line) throws IOException {
        Path file = file(line);
        if (!Files.exists(file)) {
            return null;
        }
        Proof proof;
        try {
            proof = Proof.read(file);
        } catch (Rejection e) {
            throw new CommandException(file + " is in the way: " + e.getMessage(), e);
        }
        String other = other(proof, line);
        if (other != null) {
            throw new CommandException(file + " is a proof for " + other + "; remove it or choose another id");
        }
        return proof;
    }

    /// What the proof is about instead of the line; null if it is about the line.
    String other(Proof proof, BatchLine line) {
        TokenSequence s = proof.sequence();
        ModelLimits limits = key.spec().limits();
        int generated = s.generatedLength();
        boolean ended = Ending.of(s, limits) == Ending.END_OF_TEXT;
        if (!Arrays.equals(proof.keyDigest(), key.digest())) {
            return "another key";
        }
        if (!Arrays.equals(s.prompt(), line.prompt())) {
            return "another prompt";
        }
        if (!proof.binding().equals(line.binding())) {
            return "other bound bytes";
        }
        return generated > line.generate() || generated < line.generate() && !ended
                ? generated + " generated tokens, not " + line.generate() : null;
    }
}
