package dev.chagres.gpt2.reference;

/// Sees every intermediate activation of a forward pass, in the order of computation.
@FunctionalInterface
public interface ActivationObserver {
    /// Observes nothing.
    ActivationObserver NONE = (_, _, _, _, _, _) -> {};

    /// Called once per site and layer, and once per head for the attention matrices.
    ///
    /// @param site what is observed
    /// @param layer the block; for [ActivationSite#FINAL_NORM] the number of blocks
    /// @param head the attention head for `[T][T]` sites, else -1
    /// @param values row-major `[rows][columns]`; to be read only, and only during the call
    /// @param rows T
    /// @param columns d, F or T, see [ActivationSite]
    void observe(ActivationSite site, int layer, int head, double[] values, int rows, int columns);
}
