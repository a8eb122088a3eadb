package dev.chagres.prove.stage;

import dev.chagres.prove.store.Buffer;

/// What a pass of an opening has made, an ext array: in memory of the host, or where the stages are. It has one owner;
/// what is closed or handed over is of no use to the former one. Used by one thread at a time.
public interface PassResult extends AutoCloseable {
    /// The array in memory of the host, which belongs to the caller; this is closed.
    ///
    /// @throws IllegalStateException if this has been closed or handed over
    Buffer toHost();

    /// A new owner of the array, which this one no longer has.
    ///
    /// @throws IllegalStateException if this has been closed or handed over
    PassResult take();

    /// Frees the array; does nothing if this has been closed or handed over.
    @Override
    void close();
}
