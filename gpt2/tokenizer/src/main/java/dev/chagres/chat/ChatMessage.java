package dev.chagres.chat;

import java.util.Objects;

/// One message of a conversation.
///
/// @param role    who speaks: `system`, `user` or `assistant`, and what else the template knows
/// @param content what is said; control tokens in it are only text
public record ChatMessage(String role, String content) {
    public ChatMessage {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(content, "content");
    }
}
