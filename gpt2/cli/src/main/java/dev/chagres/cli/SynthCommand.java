package dev.chagres.cli;

import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.SyntheticModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `synth`: a random-weight model for measuring.
@CommandLine.Command(name = "synth", description = "Writes a random-weight GPT-2 folder with realistic statistics.")
final class SynthCommand extends Command {
    @Option(names = "--shape", required = true, paramLabel = "SHAPE",
            description = "gpt2, gpt2-medium, gpt2-large, gpt2-xl, tiny or LxHxDxV[xC] (layers, heads, width, vocabulary, context).")
    private String shape;

    @Option(names = "--seed", required = true, paramLabel = "N", description = "Seed of the weights.")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
    private Path out;

    @Override
    int run() throws IOException {
        Architecture config = SyntheticModel.shape(shape);
        Outputs.folder(out);
        try {
            SyntheticModel.write(out, config, seed);
        } catch (IOException e) {
            throw Inputs.named(out, e);
        }
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("folder", out.toString());
        result.put("parameters", config.parameters());
        print(result);
        return OK;
    }
}
