package dev.chagres.cli;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.PublicSpec;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.FilledKeyData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `generate`: integer inference only.
@CommandLine.Command(name = "generate", description = "Continues a prompt greedily with the integer model; no proof.")
final class GenerateCommand extends Command {
    @Option(names = "--model", required = true, paramLabel = "FILE.cgm", description = "The integer model.")
    private Path model;

    @ArgGroup(exclusive = true, multiplicity = "1")
    private PromptOptions prompt;

    @Mixin
    private ChatOptions chat;

    @Option(names = "--tokens", required = true, paramLabel = "N", description = "Number of tokens to generate.")
    private int tokens;

    @Mixin
    private ThreadOptions threads;

    @Override
    int run() throws IOException {
        Inputs.regular(model);
        try (Engine engine = threads.engine(); Arena arena = Arena.ofShared(); ConsoleProgress progress = progress()) {
            progress.phase("load", 0);
            IntegerModel m = IntegerModelFile.map(model, arena);
            int[] ids = prompt.read(m.tokenizer(), chat);
            boolean here = !json() && terminal().out(); // the text appears where the result belongs
            GeneratedText text = new GeneratedText(m.tokenizer(), progress, here ? out() : err());
            int[] all;
            try (FilledKeyData data = new FilledKeyData(new ModelKeySource(m))) {
                all = engine.generator(PublicSpec.of(m), data).progress(progress).generate(ids, tokens, text::next);
                text.end();
            }
            progress.end();
            int[] generated = Arrays.copyOfRange(all, ids.length, all.length);
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("output", Texts.decode(m.tokenizer(), generated));
            result.put("promptIds", ids);
            result.put("outputIds", generated);
            if (json()) {
                printJson(result);
            } else if (!here || !text.shown()) {
                out().println(result.get("output"));
            }
            return OK;
        }
    }
}
