package dev.chagres.cli;

import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The three ways to give a prompt; exactly one of them.
final class PromptOptions {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "The prompt.")
    private String prompt;

    @Option(names = "--prompt-file", paramLabel = "FILE", description = "A UTF-8 file with the prompt.")
    private Path promptFile;

    @Option(names = "--ids", paramLabel = "FILE", description = "A file with token ids, separated by spaces or commas.")
    private Path ids;

    int[] read(TokenizerInfo tokenizer) throws IOException {
        if (prompt != null) {
            return Texts.encode(tokenizer, prompt);
        }
        return promptFile != null ? Texts.encodeFile(Texts.needed(tokenizer), promptFile) : Texts.readIds(ids);
    }
}
