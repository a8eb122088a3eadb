package dev.chagres.cli;

import dev.chagres.chat.ChatException;
import dev.chagres.chat.Conversation;
import dev.chagres.tokenizer.TokenizerInfo;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Whether the prompt is what a user says in a conversation.
final class ChatOptions {
    @Option(names = "--chat", description = {
        "Write the prompt as the model wants conversations: as a user's message in its chat template."})
    private boolean chat;

    @Option(names = "--system", paramLabel = "TEXT",
            description = "With --chat: the system message before it; without, what the template puts there, if any.")
    private String system;

    /// Whether the prompt is a user's message.
    ///
    /// @throws CommandException if there is a system message for none
    boolean wanted() {
        if (system != null && !chat) {
            throw new CommandException("--system needs --chat");
        }
        return chat;
    }

    /// The ids of a prompt that is a user's message.
    int[] encode(TokenizerInfo tokenizer, String prompt) {
        return encode(tokenizer, Conversation.ofUser(Optional.ofNullable(system), prompt));
    }

    /// The ids of a conversation that is given whole.
    ///
    /// @throws CommandException if there is also a system message, the model has no tokenizer or template, or the
    ///     template does not take the conversation
    int[] encodeWhole(TokenizerInfo tokenizer, Conversation conversation) {
        if (system != null) {
            throw new CommandException("--system goes with a prompt; in --messages, the first message may have the role"
                    + " 'system'");
        }
        return encode(tokenizer, conversation);
    }

    private static int[] encode(TokenizerInfo tokenizer, Conversation conversation) {
        Texts.needed(tokenizer);
        if (tokenizer.chat().isEmpty()) {
            throw new CommandException(
                    "this model has no chat template; give the prompt as the model wants it, without --chat");
        }
        try {
            return conversation.encode(tokenizer);
        } catch (ChatException e) {
            throw new CommandException(e.getMessage(), e);
        }
    }
}
