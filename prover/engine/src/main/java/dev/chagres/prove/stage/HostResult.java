package dev.chagres.prove.stage;

import dev.chagres.prove.store.Buffer;

/// A [PassResult] in memory of the host: that of the processor's stages, and of tasks that ran on other machines.
///
/// @param buffer the ext array, owned by this
public record HostResult(Buffer buffer) implements PassResult {
    @Override
    public Buffer toHost() {
        return buffer.take();
    }

    @Override
    public HostResult take() {
        return new HostResult(buffer.take());
    }

    @Override
    public void close() {
        buffer.close();
    }
}
