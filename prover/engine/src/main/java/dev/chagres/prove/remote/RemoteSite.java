package dev.chagres.prove.remote;

import dev.chagres.prove.host.Host;
import dev.chagres.prove.key.ProvingKey;
import java.io.IOException;

/// The machine at the other end of [Sites]: one for each process and proof, made by
/// [dev.chagres.prove.Engine#site]. Everything follows from the key and what was shared. Keeps the tensors that it has
/// made until it is closed. Safe for use by several threads.
public final class RemoteSite implements AutoCloseable {
    private RemoteSite() {}

    /// A site without tensors.
    ///
    /// @param host computes
    /// @param key of the model; stays its owner's
    /// @param shared data 0 is read
    /// @throws IllegalArgumentException in one line, if another build wrote it or it is about another key
    /// @throws IOException if it cannot be had
    public static RemoteSite of(Host host, ProvingKey key, Shared shared) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// Runs a job. What goes wrong in the work itself is an answer, too: it would go wrong again elsewhere, and the
    /// coordinator throws it.
    ///
    /// @param job of [Sites#call]
    /// @param shared asked for what the job names
    /// @return the answer for [Sites#call]
    /// @throws IOException if shared data cannot be had
    public byte[] run(byte[] job, Shared shared) throws IOException {
        throw new UnsupportedOperationException();
    }

    /// An answer that says why this machine runs no job of a proof, for what [#of] throws: the coordinator's proof then
    /// fails with that line.
    public static byte[] refusal(RuntimeException reason) {
        throw new UnsupportedOperationException();
    }

    /// Frees the tensors; no job is running.
    @Override
    public void close() {}
}
