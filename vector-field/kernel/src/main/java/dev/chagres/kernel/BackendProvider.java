package dev.chagres.kernel;

import java.util.Optional;

/// A source of kernels outside this module, found by [java.util.ServiceLoader]. What it offers is faster than the
/// kernels of this module wherever it runs.
public interface BackendProvider {
    /// The word that asks for it in the property [Backends#PROPERTY], such as `native`.
    String word();

    /// Why its kernels cannot run in this process, and the cure, as one line; empty if they can.
    Optional<String> obstacle();

    /// Its kernels; asked for only where nothing stands in their way.
    Backend backend();
}
