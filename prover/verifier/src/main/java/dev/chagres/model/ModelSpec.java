package dev.chagres.model;

import dev.chagres.statement.PublicStatement;

/// Everything public about an integer model except its weights and tables: part of the verifying key. It determines the
/// circuit of every statement.
public interface ModelSpec {
    /// Name of the family, written into every key ([ModelFamily#name()]).
    String family();

    /// What a sequence must keep to.
    ModelLimits limits();

    /// One line for people: the sizes of the model.
    String describe();

    /// The circuit that proves a statement.
    ///
    /// @throws dev.chagres.statement.StatementException if the statement does not fit the model
    Circuit compile(PublicStatement statement);

    /// A circuit for inference over `rows` rows, without the choice of ids.
    ///
    /// @param rows at least 1, at most the context
    Circuit inference(int rows);

    /// Canonical little-endian encoding, which [ModelFamily#decode(byte\[\])] reads.
    byte[] encode();
}
