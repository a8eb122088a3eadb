package dev.chagres.ffm;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.cuda.chg_tree_children;
import dev.chagres.field.QM31;
import dev.chagres.kernel.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Trees of fractions on a device: their leaves, their layers, and the rounds of a layer. What is absent is never
/// stored. Calls return at once unless they say that they wait.
public final class DeviceTreeKernels {
    private static final int LOW = ChagresCuda.CHG_TREE_EQ_LOW();
    /// Elements that [#values] writes.
    private static final int VALUES = 4 * Memory.BLOCK;

    private final Operands operands;
    private final MemorySegment structure = chg_tree_children.allocate(Arena.ofAuto());

    DeviceTreeKernels(Operands operands) {
        this.operands = operands;
    }

    /// The stored leaves of a program.
    public void leaves(TreeProgram program, DeviceBuffer p, DeviceBuffer q) {
        operands.bytes(program.room(), 0);
        operands.launched(ChagresCuda.chg_tree_leaves(operands.stream(), program.header(), program.segments(),
                program.terms(), operands.ext(p, program.stored()), operands.ext(q, program.stored())));
    }

    /// The layer above leaves that are not stored, in a tree with strips.
    public void leafParents(TreeProgram program, DeviceBuffer p, DeviceBuffer q) {
        operands.bytes(program.room(), 0);
        operands.launched(ChagresCuda.chg_tree_leaf_parents(operands.stream(), program.header(), program.segments(),
                program.terms(), operands.ext(p, program.stored() / 2), operands.ext(q, program.stored() / 2)));
    }

    /// Nodes i and i + upper of `size` stored ones together, for all i below both.
    public void parents(DeviceBuffer p, DeviceBuffer q, DeviceBuffer pBelow, DeviceBuffer qBelow, long upper,
            long size) {
        long n = Math.min(upper, size);
        operands.launched(ChagresCuda.chg_tree_parents(operands.stream(), operands.ext(p, n), operands.ext(q, n),
                operands.ext(pBelow, size), operands.ext(qBelow, size), upper, size));
    }

    /// Bytes of the equality tables of a layer whose first round has so many variables below its own.
    public static long eqBytes(int variables) {
        if (variables < 0 || variables > 32) {
            throw new IllegalArgumentException("equality tables of " + variables + " variables; 0 to 32 are known");
        }
        int low = Math.min(variables, LOW);
        return Memory.extBytes(2L << low) + Memory.extBytes(2L << variables - low);
    }

    /// The equality tables of all rounds of a layer.
    ///
    /// @param point coordinates of the variables below that of the first round
    public void eq(DeviceBuffer dst, QM31[] point) {
        operands.launched(ChagresCuda.chg_tree_eq(operands.stream(), operands.bytes(dst, eqBytes(point.length)),
                operands.elements(0, point), point.length));
    }

    /// The round of the top variable, {g(0), coefficient of X^2}; waits.
    ///
    /// @param eq made by [#eq]
    /// @param eqVariables of `eq`
    public QM31[] round(TreeChildren children, DeviceBuffer eq, int eqVariables, QM31 lambda) {
        return round(children, eq, eqVariables, lambda, MemorySegment.NULL);
    }

    /// Binds the top variable in place; then the round of the next one; waits.
    public QM31[] foldRound(TreeChildren children, DeviceBuffer eq, int eqVariables, QM31 lambda, QM31 bind) {
        return round(children, eq, eqVariables, lambda, operands.elements(1, bind));
    }

    private QM31[] round(TreeChildren children, DeviceBuffer eq, int eqVariables, QM31 lambda, MemorySegment bind) {
        operands.waited(ChagresCuda.chg_tree_round(operands.waiting(), structure(children),
                operands.bytes(eq, eqBytes(eqVariables)), eqVariables, operands.element(lambda), bind,
                operands.result()));
        return operands.resultElements(2);
    }

    /// The first round of the layer above leaves that are not stored; waits.
    public QM31[] leafRound(TreeProgram program, DeviceBuffer eq, int eqVariables, QM31 lambda) {
        operands.bytes(program.room(), 0);
        operands.waited(ChagresCuda.chg_tree_leaf_round(operands.waiting(), program.header(), program.segments(),
                program.terms(), operands.bytes(eq, eqBytes(eqVariables)), eqVariables, operands.element(lambda),
                operands.result()));
        return operands.resultElements(2);
    }

    /// The second one, after the top variable is bound; waits.
    ///
    /// @param to where what is left of the leaves goes, in the shape of them bound
    public QM31[] leafFoldRound(TreeProgram program, TreeChildren to, DeviceBuffer eq, int eqVariables, QM31 lambda,
            QM31 bind) {
        operands.bytes(program.room(), 0);
        if (!to.shape().equals(program.children().bound())) {
            throw new IllegalArgumentException("the leaves are bound to " + program.children().bound() + ", not to "
                    + to.shape());
        }
        operands.waited(ChagresCuda.chg_tree_leaf_fold_round(operands.waiting(), program.header(), program.segments(),
                program.terms(), structure(to), operands.bytes(eq, eqBytes(eqVariables)), eqVariables,
                operands.element(lambda), operands.elements(1, bind), operands.result()));
        return operands.resultElements(2);
    }

    /// Four blocks: the nodes of p0, p1, q0, q1, at most sixteen of each.
    public void values(DeviceBuffer dst, TreeChildren children) {
        values(dst, children, MemorySegment.NULL);
    }

    /// The same of what is left when the top variable is bound; the children stay as they are.
    public void boundValues(DeviceBuffer dst, TreeChildren children, QM31 bind) {
        values(dst, children, operands.element(bind));
    }

    private void values(DeviceBuffer dst, TreeChildren children, MemorySegment bind) {
        operands.launched(ChagresCuda.chg_tree_values(operands.stream(), structure(children), bind,
                operands.ext(dst, VALUES)));
    }

    private MemorySegment structure(TreeChildren children) {
        chg_tree_children.p(structure, operands.ext(children.p(), children.elements()));
        chg_tree_children.q(structure, operands.ext(children.q(), children.elements()));
        chg_tree_children.second(structure, children.second());
        chg_tree_children.width(structure, 0, children.shape().width0());
        chg_tree_children.width(structure, 1, children.shape().width1());
        chg_tree_children.variables(structure, children.shape().variables());
        chg_tree_children.strip_bits(structure, children.shape().stripBits());
        return structure;
    }
}
