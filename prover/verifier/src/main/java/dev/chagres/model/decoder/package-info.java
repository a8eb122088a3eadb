/// Decoder-only transformers: what is public about a model, and the compiler from it and a sequence to a circuit.
package dev.chagres.model.decoder;
