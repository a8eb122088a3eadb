package dev.chagres.bench.e2e;

import dev.chagres.cli.CommandException;
import dev.chagres.cli.Main;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.prove.file.FileFormatException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import tools.jackson.databind.ObjectMapper;

/// The files of one synthetic model: integer model, keys and the last proof. The integer model is made once and used
/// again, the rest is made every time.
public final class WorkFolder {
    private final Path folder;
    private final String shape;
    private final long seed;

    /// @param root holds one folder for each shape and seed
    public WorkFolder(Path root, String shape, long seed) throws IOException {
        this.folder = Files.createDirectories(root.resolve(shape + "-" + seed));
        this.shape = shape;
        this.seed = seed;
    }

    Path model() {
        return folder.resolve("model.cgm");
    }

    /// File of the proving key.
    public Path provingKey() {
        return folder.resolve("model.pk");
    }

    Path verifyingKey() {
        return folder.resolve("model.vk");
    }

    Path proof() {
        return folder.resolve("last.proof");
    }

    Path figures() {
        return folder.resolve("figures.json");
    }

    Path folder() {
        return folder;
    }

    /// Writes random weights and quantises them, unless that has been done.
    public void makeModel() throws IOException {
        if (readable()) {
            return;
        }
        Path weights = folder.resolve("weights");
        Path part = folder.resolve("model.cgm.part");
        command("synth", "--shape", shape, "--seed", seed, "--out", weights, "--json");
        command("quantize", "--model", weights, "--out", part, "--json");
        Files.move(part, model(), StandardCopyOption.REPLACE_EXISTING);
        Files.delete(weights.resolve("model.safetensors"));
        Files.delete(weights.resolve("config.json"));
        Files.delete(weights);
    }

    /// Makes both keys.
    ///
    /// @param threads that do it
    /// @return seconds that it took
    public double makeKeys(int threads) throws IOException {
        return new ObjectMapper().readTree(command("setup", "--model", model(), "--out", folder, "--threads", threads,
                "--json")).get("seconds").asDouble();
    }

    private boolean readable() {
        if (!Files.exists(model())) {
            return false;
        }
        try (Arena arena = Arena.ofShared()) {
            IntegerModelFile.map(model(), arena);
            return true;
        } catch (FileFormatException e) {
            return false; // of another version
        }
    }

    /// Runs a command of the `chagres` command line in a fresh process.
    ///
    /// @return what it printed
    /// @throws CommandException if it fails; it has said why on standard error
    static String command(Object... words) throws IOException {
        Child.Outcome outcome = Child.run(Main.class, words);
        if (outcome.code() != 0) {
            throw new CommandException("the command '" + words[0] + "' failed with exit code " + outcome.code());
        }
        return outcome.out();
    }
}
