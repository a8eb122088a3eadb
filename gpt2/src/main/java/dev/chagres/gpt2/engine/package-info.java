/// Inference and proving of GPT-2 on integers.
package dev.chagres.gpt2.engine;
