package dev.chagres.cli;

import dev.chagres.chat.ChatMessage;
import dev.chagres.chat.Conversation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads a conversation from a JSON file: an array of objects with the texts `role` and `content` and nothing else.
final class MessagesFile {
    private MessagesFile() {}

    /// @throws CommandException naming the file and what is wrong with it
    static Conversation read(Path file) throws IOException {
        String text = TextFile.read(file);
        JsonNode root;
        try {
            root = JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build().readTree(text);
        } catch (JacksonException e) {
            throw new CommandException(file + ": not valid JSON: " + e.getOriginalMessage(), e);
        }
        if (!root.isArray() || root.isEmpty()) {
            throw new CommandException(file + ": need an array of at least one message");
        }
        List<ChatMessage> messages = new ArrayList<>();
        for (JsonNode node : root) {
            if (!node.isObject() || node.size() != 2 || !isText(node.get("role")) || !isText(node.get("content"))) {
                throw new CommandException(file + ": message " + (messages.size() + 1)
                        + " is not an object with the two texts 'role' and 'content'");
            }
            messages.add(new ChatMessage(node.get("role").stringValue(), node.get("content").stringValue()));
        }
        return new Conversation(messages);
    }

    private static boolean isText(JsonNode node) {
        return node != null && node.isString();
    }
}
