/// Text to token ids and back, and how a model or key file carries the means to do it.
///
/// [dev.chagres.tokenizer.Tokenizers] finds the tokenizer of a model folder or a GGUF file,
/// [dev.chagres.tokenizer.TokenizerInfo] is the value that files carry, [dev.chagres.tokenizer.Tokenizer] does the
/// work. Three kinds exist: one token per character from a table, byte-level byte-pair encoding (GPT-2, SmolLM2, Llama
/// 3, Qwen 2), and pair encoding of characters (Llama 2, Mistral, Gemma). A tokenizer takes no part in a proof: proofs
/// are about ids.
///
/// The JDK alone is used, without incubator modules, so that a verifier can depend on this package.
package dev.chagres.tokenizer;
