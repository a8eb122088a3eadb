package dev.chagres.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A process in which the virtual machine sees what reading commands load, to make their start-up cache of it: a tiny
/// model of random weights, its keys, a proof, and verifications. The launcher runs it once after a build, with
/// `-XX:AOTCacheOutput` (JEP 514).
final class StartTraining {
    private StartTraining() {}

    /// @param args a folder for the files
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Path ids = Files.writeString(folder.resolve("ids"), "1,2,3");
        Path model = folder.resolve("model");
        Path integers = folder.resolve("m.cgm");
        Path keys = folder.resolve("keys");
        Path vk = keys.resolve("model.vk");
        Path proof = folder.resolve("p.proof");
        System.exit(lines(
                words("synth", "--shape", "1x1x16x32x16", "--seed", 1, "--out", model),
                words("quantize", "--model", model, "--out", integers),
                words("setup", "--model", integers, "--out", keys),
                words("prove", "--pk", keys.resolve("model.pk"), "--ids", ids, "--generate", 1, "--out", proof),
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
