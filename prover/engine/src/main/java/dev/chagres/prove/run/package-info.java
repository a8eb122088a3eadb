/// The prover's half of the protocol: it binds data to symbolic statements and speaks the messages that the verifiers of
/// [dev.chagres.sumcheck] and [dev.chagres.lookup] expect.
///
/// Everything here runs on one thread per call and keeps its scratch memory in arenas that end with the call.
package dev.chagres.prove.run;
