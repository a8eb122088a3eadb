package dev.chagres.cli;

import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.SyntheticModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `synth`: a random-weight model for measuring.
@CommandLine.Command(name = "synth", description = "Writes a folder of random weights with realistic statistics.")
final class SynthCommand extends Command {
    @Option(names = "--shape", required = true, paramLabel = "SHAPE",
            description = {"gpt2, gpt2-medium, gpt2-large, gpt2-xl, tiny, smollm2-135m, tinyllama",
                "or LxHxDxV[xC] (layers, heads, width, vocabulary, context)."})
    private String shape;

    @Option(names = "--family", paramLabel = "FAMILY", defaultValue = "gpt2",
            description = "Of a shape LxHxDxV: gpt2 or llama; default: ${DEFAULT-VALUE}.")
    private String family;

    @Option(names = "--kv-heads", paramLabel = "N",
            description = "With --family llama: heads of keys and values; default: as many as of queries.")
    private Integer keyHeads;

    @Option(names = "--mlp", paramLabel = "F",
            description = "With --family llama: width of the MLP; default: 8/3 of the width, up to a multiple of 32.")
    private Integer mlpWidth;

    @Option(names = "--seed", required = true, paramLabel = "N", description = "Seed of the weights.")
    private long seed;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder to write.")
    private Path out;

    @Override
    int run() throws IOException {
        Architecture config = architecture();
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

    private Architecture architecture() {
        if (family.equals("llama")) {
            return SyntheticModel.llama(shape, given(keyHeads), given(mlpWidth));
        }
        if (!family.equals("gpt2")) {
            throw new CommandException("--family " + family + " is unknown, need gpt2 or llama");
        }
        if (keyHeads != null || mlpWidth != null) {
            throw new CommandException("--kv-heads and --mlp need --family llama");
        }
        return SyntheticModel.shape(shape);
    }

    private static OptionalInt given(Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
