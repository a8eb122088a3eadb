package dev.chagres.prove.remote;

import java.io.IOException;

/// What the coordinator has made available to all sites ([Sites#share]).
@FunctionalInterface
public interface Shared {
    /// Called at most a few times for each number: a site keeps what it has read.
    ///
    /// @return the bytes, which nobody changes
    /// @throws IOException if they cannot be had
    byte[] get(int id) throws IOException;
}
