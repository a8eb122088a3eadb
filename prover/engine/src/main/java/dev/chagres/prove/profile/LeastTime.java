package dev.chagres.prove.profile;

/// The least time for the work of a phase: what is counted, at the rates that single kernels reach. Traffic to memory,
/// waiting for other threads, and work that is small at full size are left out, so no phase gets there.
///
/// What an element costs, with S an extension times a base element (4 multiplications) and Q an extension product (9):
///
/// - A leaf of a fraction tree, LogUp (Haboeck, eprint 2022/1530) by GKR (Papini, Haboeck, eprint 2023/1284) with
///   base-field leaves whose two lowest layers are not stored: the tree 13.25, sumcheck of the leaf layer 19, of the
///   next 21.6, of all layers above 24.75, which is 79 multiplications. It supposes split equality tables, one
///   evaluation less in a round (Gruen, eprint 2024/108), and merged numerators.
/// - A committed element: two outputs of a transform of 19 to 20 layers at half a multiplication each, 8 bytes hashed,
///   and the opening: about 14 multiply-adds for two and a half claims and the combination of the rows.
/// - A term of a sumcheck over eq * a * b on base columns: first round 5, fold 4, all further rounds 27.
/// - A key element: 4 multiply-adds where a matrix product folds it (Thaler, CRYPTO 2013), and the opening.
///
/// Rates are those of the native kernels with AVX-512 on one core of an Intel Xeon of model 207 (`bench kernels`, in cache),
/// the fastest that this project has, whatever kernels a proof was made with.
public final class LeastTime {
    /// Base-field multiplications for one leaf of a fraction tree.
    public static final int MULTIPLICATIONS_PER_LEAF = 79;
    /// Base-field multiplications for encoding one committed element.
    public static final int MULTIPLICATIONS_PER_COMMITTED = 20;
    /// Bytes hashed for one committed element.
    public static final int BYTES_PER_COMMITTED = 8;
    /// Base-field multiplications for one term of a product sumcheck.
    public static final int MULTIPLICATIONS_PER_PRODUCT = 36;
    /// Unreduced multiply-adds for opening one element of a commitment.
    public static final int MULTIPLY_ADDS_PER_OPENED = 14;
    /// Unreduced multiply-adds for folding one key element.
    public static final int MULTIPLY_ADDS_PER_FOLDED = 4;

    /// Base-field multiplications a second: nine for each of 0.79 G extension products (`mulExt`).
    public static final double MULTIPLICATION_RATE = 9 * 0.79e9;
    /// Unreduced multiply-adds of the base field a second: four for each of 4.0 G products with an extension element
    /// (`combineRows`; narrow integers 6.5 G).
    public static final double FIELD_MULTIPLY_ADD_RATE = 4 * 4.0e9;
    /// Bytes of columns hashed a second (`hashColumns`).
    public static final double HASH_RATE = 5.9e9;
    /// Integer multiply-adds of inference a second (`matmul`).
    public static final double MULTIPLY_ADD_RATE = 175e9;

    private final Work work;

    public LeastTime(Work work) {
        this.work = work;
    }

    /// Base-field multiplications of a phase of a proof; 0 for phases that have none.
    public long multiplications(String phase) {
        return switch (phase) {
            case "commit" -> work.committed() * MULTIPLICATIONS_PER_COMMITTED;
            case "prove" -> (work.lookups() + work.tableEntries()) * MULTIPLICATIONS_PER_LEAF
                    + work.products() * MULTIPLICATIONS_PER_PRODUCT;
            default -> 0;
        };
    }

    /// Unreduced multiply-adds of the base field of a phase of a proof.
    public long fieldMultiplyAdds(String phase) {
        return switch (phase) {
            case "prove" -> work.keyElements() * MULTIPLY_ADDS_PER_FOLDED;
            case "open" -> (work.committed() + work.keyElements()) * MULTIPLY_ADDS_PER_OPENED;
            default -> 0;
        };
    }

    /// Seconds that a phase takes at least on `threads` cores; 0 for phases whose work is not counted.
    public double seconds(String phase, int threads) {
        double core = multiplications(phase) / MULTIPLICATION_RATE + fieldMultiplyAdds(phase) / FIELD_MULTIPLY_ADD_RATE;
        core += switch (phase) {
            case "generate" -> work.multiplyAdds() / MULTIPLY_ADD_RATE;
            case "commit" -> work.committed() * BYTES_PER_COMMITTED / HASH_RATE;
            default -> 0;
        };
        return core / threads;
    }
}
