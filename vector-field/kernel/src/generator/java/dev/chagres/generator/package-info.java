/// The generator of the flat vector loops of `dev.chagres.kernel.simd`; no part of any artefact.
///
/// A `*Source` class is the template of one file of `src/generated/java`, [Emitter], [ExtEmitter] and [ButterflyEmitter]
/// are the arithmetic that the templates share. [KernelGenerator] says how to run it.
package dev.chagres.generator;
