package dev.chagres.poly;

import java.util.List;

/// A named multilinear polynomial inside an [Expression].
public sealed interface Factor permits ColumnFactor, PublicFactor, DerivedFactor {
    /// For errors and listings.
    String label();

    /// The variable groups it depends on, lowest first. Every one of them is a group of the statement.
    List<Variable> variables();
}
