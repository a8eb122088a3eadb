package dev.chagres.graph;

import dev.chagres.poly.Expression;
import dev.chagres.poly.Variable;
import dev.chagres.relation.PrivateValue;
import java.util.List;

/// A statement that is proved after the join, in one sumcheck with all others of its group.
public sealed interface DeferredTerm {
    /// Terms that share their variables, and so one sumcheck.
    ///
    /// @param name last part of the tag of the sumcheck, and of its check id
    /// @param variables the same for all terms
    record Group(String name, List<Variable> variables) {
        public Group {
            variables = List.copyOf(variables);
        }

        /// Number of variables.
        public int bits() {
            return variables.stream().mapToInt(Variable::bits).sum();
        }
    }

    /// The group.
    Group group();

    /// For errors and listings.
    String label();

    /// Over the variables of the group.
    Expression expression();

    /// The expression sums to a value over the cube.
    ///
    /// @param sum claimed in the fork of a section
    record Sum(Group group, String label, Expression expression, PrivateValue sum) implements DeferredTerm {}

    /// The expression is 0 everywhere on the cube.
    record Zero(Group group, String label, Expression expression) implements DeferredTerm {}
}
