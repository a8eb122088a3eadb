/// The seam for hardware: what the provers ask of the place that computes ([Stages]), in calls as large as a layer, a
/// round or a block of rows. Protocol code (transcripts, the order of messages, what a round sends) is above it and
/// exists once; kernels are below it and are the processor's private vocabulary. [dev.chagres.prove.cpu] is the first
/// implementation.
///
/// A second implementation provides one [Stages] and the objects it makes:
///
/// | stage | made by | a call is |
/// | --- | --- | --- |
/// | integers | [Stages#evaluation], [SectionEvaluation] | the operations of a section |
/// | rows that are generated | [Stages#generation], [RowGeneration] | the prompt; a row; a choice |
/// | lookups | [Stages#counting], [LookupCounting]; [Stages#counts] | the lookups of a section |
/// | fractions | [Stages#tree], [FractionTree], [LayerRounds] | a tree; a round of a whole layer |
/// | statements | [Stages#statement], [StatementRounds] | all tables; a round over the whole cube |
/// | claims | [Stages#evaluate] | one tensor |
/// | rows | [Stages#rows], [RowHasher] | a chunk of 256 rows |
/// | passes | [Stages#passes], [OpeningPasses] | a range of 64 rows |
/// | opening | [Stages#opening], [OpeningArrays], [ProductRounds], [LadderArrays] | a round; a level of the ladder |
/// | work | [Stages#nonce] | a search |
///
/// **What crosses.** Downwards: opaque tensors ([dev.chagres.tensor.IntTensor], found by name through [TensorData], or
/// tile by tile through [TileSource]), challenges, and programs: records that say what a leaf ([LeafProgram]) or a
/// round ([StatementProgram], [TermSum]) is, and where the pieces of a matrix lie ([dev.chagres.commit.MatrixLayout]).
/// No callback computes an element. Upwards: field elements, counts ([TableCounts]), a nonce, digests and columns
/// that are opened ([CommittedRows]), and in memory of the host what goes to other machines or to files: chaining
/// values and the Merkle tree of the matrix. The result of a pass comes to the host if it is asked to
/// ([PassResult]). Everything else may stay where it was made until its owner is closed.
///
/// **Memory.** Who makes an object closes it; a stage frees then what the object held. Tensors belong to the witness
/// and are usable while their section is in use ([WitnessData#use]): a stage may read or copy them then and must not
/// keep addresses longer. The processor's stages take [dev.chagres.prove.data.HostTensor] only and refuse others by
/// name. A [dev.chagres.prove.store.Buffer] that is returned belongs to the caller.
///
/// **Threads.** [Stages], [RowHasher], [OpeningPasses] and [OpeningArrays] are called from several threads at once,
/// sections being proved side by side; trees, rounds, ladders and evaluations by one thread at a time, not always the
/// same one. Calls return when their result is there; work without a result (`bind`, `last`) may still be under way.
///
/// **Determinism.** Every result is a function of its arguments: not of threads, vector width, memory or device. Field
/// elements are exact and canonical, so sums may be taken in any order; the nonce is the least one. Two implementations
/// give the same proof, byte for byte.
///
/// **Failures.** A tensor that does not fit its shape is an [IllegalArgumentException], a tuple outside its table an
/// [IllegalStateException] that names it, a sequence outside the domain a [dev.chagres.semantics.DomainException]. A
/// device that is lost ends the proof; the same call on another implementation gives the same bytes.
package dev.chagres.prove.stage;
