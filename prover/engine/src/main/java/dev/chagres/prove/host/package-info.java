/// What the prover uses of the machine it runs on: kernels, large memory, threads. One owner of each, handed down by
/// the engine; nothing is process-wide. Devices are opened by [dev.chagres.prove.host.StagesProvider]s, which are found
/// as services.
package dev.chagres.prove.host;
