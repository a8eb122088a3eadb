/// GPT-2: what is public about a model, and the compiler from it and a sequence to a circuit.
package dev.chagres.model.gpt2;
