/// One proof over several machines, whatever carries the bytes between them.
///
/// The coordinator ([dev.chagres.prove.Prover#over]) generates, owns the transcript and the streams, and has no tensors.
/// Each of N sites owns a run of neighbouring sections: it evaluates them from the residual stream that comes in, keeps
/// the tensors, and answers jobs about them. The bytes of the proof are those of a local one.
///
/// Whoever has machines implements [dev.chagres.prove.remote.Sites] at the coordinator, and at the other end keeps one
/// [dev.chagres.prove.remote.RemoteSite] for each proof and process:
///
/// ```
/// coordinator: share(id, data)    -> keep data under id for all sites, as a broadcast
///              call(site, job)    -> send the job and the handles of all that was shared so far; return the answer
/// site:        first job of a proof: RemoteSite site = engine.site(key, shared)      // reads data 0
///              every job:            answer = site.run(job, shared)                  // asks for what the job names
///              end of the proof:     site.close()
/// ```
///
/// What a site has is a cache: it may be lost at any time, with the process or without it, and a job may be run by any
/// site, several times, or by two at once. Whoever runs it makes again what it lacks. So a transport may repeat jobs,
/// move them and start copies of slow ones as it likes. It must keep what is shared until the proof is done.
///
/// Jobs, answers and shared data begin with a format number and the build that wrote them; another one is refused in
/// one line. Sites are trusted with secrecy: they see all integers of the run. They need not be right: the coordinator
/// verifies the proof.
package dev.chagres.prove.remote;
