package dev.chagres.prove;

/// How a prover behaves.
///
/// @param check whether it stops with an [IllegalStateException] as soon as it notices that a statement is false; off only
///     where a dishonest prover is being tested
public record ProverOptions(boolean check) {
    /// The honest prover.
    public static final ProverOptions CHECKED = new ProverOptions(true);
    /// Proves whatever it is told to; the verifier must notice.
    public static final ProverOptions UNCHECKED = new ProverOptions(false);
}
