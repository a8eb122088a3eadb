package dev.chagres.cli;

import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// The ways to give a prompt; exactly one of them.
final class PromptOptions {
    @Option(names = "--prompt", paramLabel = "TEXT", description = "The prompt.")
    private String prompt;

    @Option(names = "--prompt-file", paramLabel = "FILE", description = "A UTF-8 file with the prompt.")
    private Path promptFile;

    @Option(names = "--ids", paramLabel = "FILE", description = "A file with token ids, separated by spaces or commas.")
    private Path ids;

    @Option(names = "--messages", paramLabel = "FILE", description = {
        "A conversation for the model's chat template: a JSON file [{\"role\": \"user\", \"content\": \"...\"}, ...]."})
    private Path messages;

    /// The ids of the prompt.
    ///
    /// @param chat whether it is a message of a conversation
    int[] read(TokenizerInfo tokenizer, ChatOptions chat) throws IOException {
        if (messages != null) {
            return chat.encodeWhole(tokenizer, MessagesFile.read(messages));
        }
        if (chat.wanted()) {
            if (ids != null) {
                throw new CommandException("--chat needs a text: --prompt, --prompt-file or --messages, not --ids");
            }
            return chat.encode(tokenizer, prompt != null ? prompt : TextFile.read(promptFile));
        }
        if (prompt != null) {
            return Texts.encode(tokenizer, prompt);
        }
        return promptFile != null ? Texts.encodeFile(Texts.needed(tokenizer), promptFile) : Texts.readIds(ids);
    }
}
