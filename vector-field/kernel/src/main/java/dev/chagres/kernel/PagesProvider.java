package dev.chagres.kernel;

import java.util.Optional;

/// A source of [Pages] outside this module, found by [java.util.ServiceLoader]: this module links no native code.
public interface PagesProvider {
    /// Empty where this process cannot have them: another system, or no native access.
    Optional<Pages> pages();
}
