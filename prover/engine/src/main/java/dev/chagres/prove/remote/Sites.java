package dev.chagres.prove.remote;

import java.io.IOException;

/// Machines that run the jobs of one proof for its coordinator. Called from several threads: every stage of the proof is
/// a job for each site, chunks of rows are one after another. So a site has one call at a time, and more only when it
/// takes over those of another one.
public interface Sites {
    /// How many machines: the sections are cut into so many runs. At least 1; the same at every call.
    int count();

    /// Makes data available to every site ([Shared]), before jobs that name it are sent. A proof shares three times at
    /// most: what it is about and the residual streams (some ten megabytes), counts of lookups, claims (a few each).
    ///
    /// @param id 0, 1, 2, each once
    /// @param data not changed by either side afterwards
    /// @throws IOException if it cannot be kept; the proof fails
    void share(int id, byte[] data) throws IOException;

    /// Has a job run by [RemoteSite#run] and waits for the answer.
    ///
    /// @param site that should run it, from 0: it has the tensors; another may, which then makes them
    /// @param job a few kilobytes
    /// @return what [RemoteSite#run] has returned; 34 megabytes for a chunk of rows of 2^18 values, 134 for one of 2^21, less
    ///     for all else
    /// @throws IOException if there is no answer; the other sites are then asked one after another
    byte[] call(int site, byte[] job) throws IOException;
}
