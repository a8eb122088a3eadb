package dev.chagres.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A process in which the virtual machine sees what commands load, to make a start-up cache of it: a small model of random
/// weights, its keys, a proof, and verifications. The launcher runs it after a build, once for each cache, with
/// `-XX:AOTCacheOutput` (JEP 514).
final class StartTraining {
    private static final String SHAPE = "2x2x32x100x64";
    private static final int GENERATED = 8;
    private static final String IDS = IntStream.range(0, 40).mapToObj(i -> String.valueOf(i * i % 100))
            .collect(Collectors.joining(","));

    private StartTraining() {}

    /// @param args a folder for the files
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Path ids = Files.writeString(folder.resolve("ids"), IDS);
        Path model = folder.resolve("model");
        Path integers = folder.resolve("m.cgm");
        Path keys = folder.resolve("keys");
        Path vk = keys.resolve("model.vk");
        Path proof = folder.resolve("p.proof");
        System.exit(lines(
                words("synth", "--shape", SHAPE, "--seed", 1, "--out", model),
                words("quantize", "--model", model, "--out", integers),
                words("setup", "--model", integers, "--out", keys),
                words("prove", "--pk", keys.resolve("model.pk"), "--ids", ids, "--generate", GENERATED, "--out", proof),
                words("verify", "--vk", vk, "--json", proof),
                words("verify", "--vk", vk, "--security", "--prompt-ids", ids, "--key-digest", "0".repeat(64), proof),
                words("verify", "--vk", vk, "--security", "--ids", proof)));
    }

    private static String[] words(Object... words) {
        return Stream.of(words).map(String::valueOf).toArray(String[]::new);
    }

    /// Runs commands up to the first that the input does not suit; a rejection is none.
    ///
    /// @return 0, or the exit code of that command
    private static int lines(String[]... lines) {
        for (String[] line : List.of(lines)) {
            int code = Main.run(new Main(), line);
            if (code == CommandBase.BAD_INPUT || code == CommandBase.INTERNAL) {
                return code;
            }
        }
        return 0;
    }
}
