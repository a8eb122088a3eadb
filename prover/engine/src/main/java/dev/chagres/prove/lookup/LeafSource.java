package dev.chagres.prove.lookup;

import java.lang.foreign.Arena;

/// The leaves of a fraction tree, read by several threads.
@FunctionalInterface
public interface LeafSource {
    /// A filler for one thread.
    ///
    /// @param arena owns its scratch memory
    LeafFiller filler(Arena arena);
}
