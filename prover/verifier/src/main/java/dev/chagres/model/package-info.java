/// What a key says of its model, for every family of models: a public description that compiles a statement to a
/// circuit, and the columns that hold the weights. [dev.chagres.proof.VerifyingKey] knows the families there are.
package dev.chagres.model;
