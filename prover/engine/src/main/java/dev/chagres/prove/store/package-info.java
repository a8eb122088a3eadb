/// Tensors of a witness under a memory budget: groups of tensors that are used together stay in memory while there is
/// room and are spilled to a temporary file when there is none.
package dev.chagres.prove.store;
