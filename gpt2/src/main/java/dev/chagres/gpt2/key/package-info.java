/// Verifying and proving keys of a GPT-2 model and their files (docs/formats.md).
package dev.chagres.gpt2.key;
