package dev.chagres.prove.remote;

import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.run.TaskRunner;
import dev.chagres.statement.TokenSequence;

/// What makes one proof on other machines.
///
/// @param sites that run the jobs
/// @param traffic counts the bytes
public record RemoteProof(Sites sites, Traffic traffic) {
    /// Shares what the proof is about.
    ///
    /// @param streams as [dev.chagres.prove.run.Streams] writes them
    /// @return runs the tasks of the proof
    public TaskRunner start(VerifyingKey key, TokenSequence sequence, byte[] streams) {
        RemoteRunner runner = new RemoteRunner(sites, traffic);
        runner.share(SharedProof.PROOF, SharedProof.write(key, sequence, sites.count(), streams));
        return runner;
    }
}
