/// What a proof is about, apart from the model: the public part of a statement.
package dev.chagres.statement;
