package dev.chagres.cli;

/// One prompt of a batch.
///
/// @param number line in the prompts file, from 1
/// @param id names the proof file
/// @param prompt token ids
/// @param generate number of tokens to generate
record BatchLine(int number, String id, int[] prompt, int generate) {
    /// Rows of the proof, unless the model ends its text early.
    int rows() {
        return prompt.length + generate - 1;
    }
}
