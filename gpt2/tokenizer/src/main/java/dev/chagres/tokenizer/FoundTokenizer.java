package dev.chagres.tokenizer;

/// What was found in a model folder.
///
/// @param info the tokenizer, or [TokenizerInfo#NONE]
/// @param note one line for the user, without a full stop: which files were taken, what was assumed, or why there are
///     ids only
public record FoundTokenizer(TokenizerInfo info, String note) {}
