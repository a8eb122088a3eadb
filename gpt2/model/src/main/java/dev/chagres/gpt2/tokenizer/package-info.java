/// Text to token ids and back: GPT-2's byte-pair encoding and character tables.
package dev.chagres.gpt2.tokenizer;
