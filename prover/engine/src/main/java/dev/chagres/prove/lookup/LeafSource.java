package dev.chagres.prove.lookup;

import dev.chagres.kernel.MemoryScope;

/// The leaves of a fraction tree, read by several threads.
@FunctionalInterface
interface LeafSource {
    /// A filler for one thread.
    ///
    /// @param arena owns its scratch memory
    LeafFiller filler(MemoryScope arena);

    /// The units that need not be made leaf by leaf.
    default LinearUnits linear() {
        return LinearUnits.NONE;
    }
}
