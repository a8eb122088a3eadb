package dev.chagres.cli;

import dev.chagres.kernel.Backend;
import dev.chagres.kernel.Backends;
import dev.chagres.model.ModelSpec;
import dev.chagres.prove.profile.Work;
import dev.chagres.statement.TokenSequence;

/// Which kernels a process takes that makes one proof or one key and ends.
///
/// Vector kernels have to be compiled by C2 before they are fast, and that takes longer than a small proof takes with
/// scalar ones (docs/performance.md, "Cold start"). Native kernels are fast at once. Proofs and keys have the same bytes
/// with all of them. The system property [Backends#PROPERTY] decides where it is set.
final class OneShotKernels {
    /// Most elements of a proof that is made with scalar kernels: lookups, table entries, committed elements of witness
    /// and key, and multiply-adds of inference by [#MULTIPLY_ADDS_PER_ELEMENT].
    static final long SMALL = 1L << 24;

    /// Most elements of a key that is committed with scalar kernels.
    static final long SMALL_KEY = 1L << 22;

    /// Multiply-adds of inference that take about as long as an element of a proof.
    static final int MULTIPLY_ADDS_PER_ELEMENT = 32;

    private OneShotKernels() {}

    /// Kernels for a proof of so many ids.
    ///
    /// @param prompt number of ids that are given
    /// @param generated number of ids that are generated at most
    /// @throws IllegalArgumentException if the sequence fits the context but cannot be proved
    static Backend forProof(ModelSpec spec, int prompt, int generated) {
        boolean fits = prompt > 0 && generated > 0 && (long) prompt + generated - 1 <= spec.limits().context();
        if (!fits) { // the prover says what does not fit
            return Backends.ofProperty();
        }
        int id = spec.limits().anyId();
        TokenSequence sequence = TokenSequence.ofLength(new int[] {id}, prompt + generated - 1, id);
        return choose(elements(Work.of(spec.compile(sequence).graph())) <= SMALL);
    }

    /// Kernels for the keys of a model.
    static Backend forSetup(ModelSpec spec) {
        long elements = spec.inference(1).keyColumns().stream().mapToLong(c -> c.shape().size()).sum();
        return choose(elements <= SMALL_KEY);
    }

    private static Backend choose(boolean small) {
        Backend usual = Backends.ofProperty();
        return small && usual.warmsUp() && System.getProperty(Backends.PROPERTY) == null ? Backends.scalar() : usual;
    }

    /// The work of a proof in elements.
    static long elements(Work work) {
        return work.lookups() + work.tableEntries() + work.committed() + work.keyElements()
                + work.multiplyAdds() / MULTIPLY_ADDS_PER_ELEMENT;
    }
}
