package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.model.StreamMap;
import dev.chagres.gpt2.reference.ActivationObserver;
import dev.chagres.gpt2.reference.FloatModel;
import dev.chagres.model.ModelSpec;
import dev.chagres.prove.Engine;
import dev.chagres.prove.Inference;
import dev.chagres.prove.key.FilledKeyData;
import dev.chagres.prove.profile.Progress;
import dev.chagres.semantics.DomainException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Measures an integer model on windows of a text: alone, or beside the float model that it was made from. The integer
/// side is the engine that makes witnesses, so its logits are those of a proof. Owns the model's integers in the layout
/// of the engine until closed.
public final class Evaluation implements AutoCloseable {
    private final Engine engine;
    private final IntegerModel model;
    private final ModelSpec spec;
    private final FilledKeyData data;
    private Optional<FloatModel> reference = Optional.empty();
    private Optional<StreamMap> map = Optional.empty();

    /// @param model stays open until this is closed
    public Evaluation(Engine engine, IntegerModel model) {
        this.engine = engine;
        this.model = model;
        ModelKeySource source = new ModelKeySource(model);
        this.spec = source.spec();
        this.data = new FilledKeyData(source);
    }

    /// Compares with a float model.
    ///
    /// @throws IllegalArgumentException as [ReferenceCheck#check]
    public Evaluation reference(FloatModel floating) {
        ReferenceCheck.check(model, floating.architecture());
        this.reference = Optional.of(floating);
        return this;
    }

    /// Also measures errors by layer, against the reference.
    ///
    /// @throws IllegalArgumentException if the model does not say what its stream stands for
    public Evaluation layers() {
        if (model.streamMap().isEmpty()) {
            throw new IllegalArgumentException("this model does not say what the integers of its stream stand for, so"
                    + " they cannot be compared by layer; quantise it again");
        }
        map = model.streamMap();
        return this;
    }

    /// The integers of a sequence; the caller closes them.
    Inference infer(int[] ids, Progress progress) {
        int sections = model.shape().layers() + 1;
        return engine.inference(spec, data, ids, done -> progress.within("integers", done, sections));
    }

    Optional<FloatModel> reference() {
        return reference;
    }

    IntegerModel model() {
        return model;
    }

    /// Runs both models over all windows, one step of progress each. A window that leaves the domain of the integer
    /// program is told of and not counted in any figure. For standard errors, windows that overlap count as one
    /// ([Window#groupEnds(List)]).
    ///
    /// @param windows at least one, of at most the context, in the order of the text
    /// @throws IllegalArgumentException if there is none, a token is outside the vocabulary, or the float model has a
    ///     logit that is not finite
    /// @throws DomainException if every window leaves the domain: that of the first one
    public EvaluationReport run(List<Window> windows, Progress progress) {
        if (windows.isEmpty()) {
            throw new IllegalArgumentException("no window to evaluate on");
        }
        Counters counters = new Counters();
        List<Window> measured = new ArrayList<>();
        List<OutsideDomain> outside = new ArrayList<>();
        progress.phase("evaluate", windows.size());
        boolean[] ends = Window.groupEnds(windows);
        for (int i = 0; i < windows.size(); i++) {
            Window w = windows.get(i);
            try (Inference run = infer(w.inputs(), progress)) {
                counters.window(w, run);
                measured.add(w);
            } catch (DomainException e) {
                outside.add(OutsideDomain.of(model, i, w.start(), e));
            }
            if (ends[i]) {
                counters.endWindow();
            }
            progress.step();
        }
        if (measured.isEmpty()) {
            throw outside.getFirst().cause();
        }
        return counters.report(measured, outside);
    }

    /// What is collected over windows.
    private final class Counters {
        private final ClampCounter clamps = new ClampCounter(model);
        private final StreamCounter stream = new StreamCounter(model);
        private final WriteCounter writes = new WriteCounter(model);
        private final WindowedMean integerLoss = new WindowedMean();
        private final PairedCounter paired = new PairedCounter();
        private final Curve.Sums curve = new Curve.Sums();
        private final Optional<LayerErrors> errors = map.map(m -> new LayerErrors(model, m));

        void window(Window w, Inference run) {
            clamps.add(run);
            stream.add(run);
            writes.add(run);
            IntegerRows rows = new IntegerRows(run, model.logitUnit());
            if (reference.isPresent()) {
                errors.ifPresent(e -> e.next(run));
                ActivationObserver observer = errors.isPresent() ? errors.get() : ActivationObserver.NONE;
                reference.get().forward(w.inputs(), observer, w.counted(),
                        (t, logits) -> row(w, t, rows.row(t), Optional.of(Distribution.ofFloats(logits, w.start() + t))));
            } else {
                for (int t = w.counted(); t < w.rows(); t++) {
                    row(w, t, rows.row(t), Optional.empty());
                }
            }
        }

        /// The windows since the last call count as one.
        void endWindow() {
            integerLoss.endWindow();
            paired.endWindow();
            errors.ifPresent(LayerErrors::endWindow);
        }

        private void row(Window w, int t, Distribution actual, Optional<Distribution> expected) {
            double loss = actual.loss(w.target(t));
            double kl = expected.isEmpty() ? Double.NaN
                    : paired.add(expected.get(), actual, w.target(t), w.start() + t + 1, t);
            integerLoss.add(loss);
            curve.add(t, loss, expected.map(e -> e.loss(w.target(t))).orElse(Double.NaN), kl);
        }

        EvaluationReport report(List<Window> windows, List<OutsideDomain> outside) {
            Estimate loss = integerLoss.estimate();
            int positions = windows.stream().mapToInt(Window::rows).max().orElseThrow();
            return new EvaluationReport(windows.size(), outside, loss.count(), loss,
                    reference.map(_ -> paired.comparison()), clamps.ranges(), writes.ranges(), stream.stream(),
                    stream.norms(), ModelMatrices.scales(model), errors.map(LayerErrors::errors).orElse(List.of()),
                    curve.curve(positions));
        }
    }

    @Override
    public void close() {
        data.close();
    }
}
