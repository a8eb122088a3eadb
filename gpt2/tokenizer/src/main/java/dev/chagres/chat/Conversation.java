package dev.chagres.chat;

import dev.chagres.tokenizer.ChatTemplate;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Messages that a model answers.
///
/// @param messages in order, at least one
public record Conversation(List<ChatMessage> messages) {
    /// @throws IllegalArgumentException if there are no messages
    public Conversation {
        messages = List.copyOf(messages);
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a conversation needs at least one message");
        }
    }

    /// One message of a user, after a system message if there is one.
    public static Conversation ofUser(Optional<String> system, String user) {
        List<ChatMessage> messages = new ArrayList<>();
        system.ifPresent(text -> messages.add(new ChatMessage("system", text)));
        messages.add(new ChatMessage("user", user));
        return new Conversation(messages);
    }

    /// The text up to where the model's answer begins, for reading: it does not say which characters are control
    /// tokens.
    ///
    /// @throws ChatException naming what the template does not take or this package does not know
    public String render(ChatTemplate template) {
        return rendered(template).text();
    }

    /// The token ids of the text. Control tokens are found in what the template wrote, never in the messages.
    ///
    /// @throws ChatException if the model has no tokenizer or no chat template, or as [#render]
    /// @throws dev.chagres.tokenizer.TokenizerException if a message has a character without a token
    public int[] encode(TokenizerInfo info) {
        ChatTemplate template = info.chat().orElseThrow(() -> new ChatException(
                "this model has no chat template, so it does not say how it wants conversations"));
        Tokenizer tokenizer = info.tokenizer().orElseThrow();
        MarkedText text = rendered(template);
        return tokenizer.encodeWithAddedTokens(text.text(), text.foreign());
    }

    private MarkedText rendered(ChatTemplate template) {
        Map<String, Object> names = new LinkedHashMap<>();
        List<Map<String, Object>> list = messages.stream().<Map<String, Object>>map(message -> Map.of(
                "role", MarkedText.foreign(message.role()), "content", MarkedText.foreign(message.content()))).toList();
        names.put("messages", list);
        names.put("add_generation_prompt", true);
        names.put("bos_token", MarkedText.own(template.beginOfText()));
        names.put("eos_token", MarkedText.own(template.endOfText()));
        // Offered by Hugging Face's library to every template; there are none.
        names.put("tools", null);
        names.put("documents", null);
        return new TemplateRun(names).render(TemplateParser.parse(template.text()));
    }
}
