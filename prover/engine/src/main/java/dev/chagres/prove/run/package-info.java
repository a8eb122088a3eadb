/// The tasks of a proof: what they read and make, their memory, their form as bytes, and the coordinator that runs
/// them.
///
/// A [dev.chagres.prove.run.ProofTask] is a value. Tasks run on any thread, several at a time, within the memory that
/// they declare; only the coordinator touches the transcript, and what a task makes does not depend on where or when it
/// runs.
package dev.chagres.prove.run;
