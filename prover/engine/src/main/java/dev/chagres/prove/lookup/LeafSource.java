package dev.chagres.prove.lookup;

import dev.chagres.kernel.MemoryScope;

/// The leaves of a fraction tree, read by several threads.
@FunctionalInterface
interface LeafSource {
    /// A filler for one thread.
    ///
    /// @param arena owns its scratch memory
    LeafFiller filler(MemoryScope arena);
}
