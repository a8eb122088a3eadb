package dev.chagres.cli;

import dev.chagres.statement.Binding;

/// One prompt of a batch.
///
/// @param number line in the prompts file, from 1
/// @param id names the proof file
/// @param prompt token ids
/// @param generate number of tokens to generate
/// @param binding  public bytes that the proof is bound to
public record BatchLine(int number, String id, int[] prompt, int generate, Binding binding) {
    /// Rows of the proof, unless the model ends its text early.
    public int rows() {
        return prompt.length + generate - 1;
    }
}
