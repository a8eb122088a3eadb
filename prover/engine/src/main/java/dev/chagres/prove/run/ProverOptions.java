package dev.chagres.prove.run;

import dev.chagres.transcript.ProverChannel.Interceptor;

/// How a prover behaves.
///
/// @param check whether it stops with an [IllegalStateException] as soon as it notices that a statement is false; off
///     only where a dishonest prover is being tested
/// @param interceptor replaces messages before they are absorbed, for the same tests
public record ProverOptions(boolean check, Interceptor interceptor) {
    /// The honest prover.
    public static final ProverOptions CHECKED = new ProverOptions(true, Interceptor.NONE);
    /// Proves whatever it is told to; the verifier must notice.
    public static final ProverOptions UNCHECKED = new ProverOptions(false, Interceptor.NONE);
}
