package dev.chagres.prove;

import dev.chagres.model.ModelSpec;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.key.KeyData;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.run.MemoryPlan;
import java.util.function.IntConsumer;

/// Greedy generation on integers: the same evaluation that is proved.
public final class Generator {
    private final Host host;
    private final ModelSpec spec;
    private final KeyData data;
    private final Progress progress;

    Generator(Host host, ModelSpec spec, KeyData data, Progress progress) {
        this.host = host;
        this.spec = spec;
        this.data = data;
        this.progress = progress;
    }

    /// The same generator, which tells a listener what it is doing: one phase, which the caller ends.
    public Generator progress(Progress listener) {
        return new Generator(host, spec, data, listener);
    }

    /// Appends up to `count` ids to the prompt; stops early after the end of text, if the model has one.
    ///
    /// @param each called with every generated id
    /// @return prompt and generated ids
    /// @throws IllegalArgumentException if the sequence does not fit the context or an id is outside the vocabulary
    /// @throws dev.chagres.semantics.DomainException if the residual stream leaves its domain
    public int[] generate(int[] prompt, int count, IntConsumer each) {
        check(prompt, count);
        progress.phase("generate", count);
        try (Generation generation = start(prompt, count, MemoryPlan.unlimited(host.threads()))) {
            generation.run(progress, each);
            return generation.ids();
        }
    }

    /// A generation on the host of this generator that has not begun.
    ///
    /// @param plan for the memory of the integers
    Generation start(int[] prompt, int count, MemoryPlan plan) {
        return start(host, prompt, count, plan);
    }

    /// A generation that has not begun.
    ///
    /// @param on whose stages evaluate the rows
    /// @param plan for the memory of the integers
    Generation start(Host on, int[] prompt, int count, MemoryPlan plan) {
        check(prompt, count);
        return new Generation(on, spec, data, prompt, count, plan);
    }

    /// Whether [#generate(int\[\], int, IntConsumer)] accepts a prompt and a count.
    ///
    /// @throws IllegalArgumentException if not, saying why
    public void check(int[] prompt, int count) {
        if (prompt.length == 0) {
            throw new IllegalArgumentException("the prompt is empty; at least one token is needed");
        }
        if (count < 1) {
            throw new IllegalArgumentException("nothing to generate: " + count + " tokens");
        }
        int context = spec.limits().context();
        if (prompt.length > context) {
            throw new IllegalArgumentException(
                    "the prompt has " + prompt.length + " tokens, the context of this model is " + context);
        }
        if (count > context + 1 - prompt.length) {
            throw new IllegalArgumentException(prompt.length + " prompt tokens and " + count
                    + " generated ones do not fit the context of " + context + "; at most "
                    + (context + 1 - prompt.length) + " can be generated");
        }
        for (int i = 0; i < prompt.length; i++) {
            if (prompt[i] < 0 || prompt[i] >= spec.limits().vocabulary()) {
                throw new IllegalArgumentException("token id " + prompt[i] + " at position " + i
                        + " is outside the vocabulary of " + spec.limits().vocabulary());
            }
        }
    }
}
