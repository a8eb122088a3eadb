package dev.chagres.gpt2.evaluate;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.weights.Architecture;
import dev.chagres.gpt2.weights.MlpKind;
import dev.chagres.model.decoder.ModelShape;
import java.util.ArrayList;
import java.util.List;

/// Whether an integer model can have been made from a float model, by everything that quantisation leaves as it is.
public final class ReferenceCheck {
    private final List<String> differences = new ArrayList<>();

    private ReferenceCheck() {}

    /// Compares all sizes and kinds. The context of an integer model may be shorter.
    ///
    /// @throws IllegalArgumentException naming every difference, if there is one
    public static void check(IntegerModel model, Architecture reference) {
        ModelShape shape = model.shape();
        ReferenceCheck check = new ReferenceCheck();
        check.same("layers", reference.layers(), shape.layers());
        check.same("width", reference.width(), shape.width());
        check.same("heads", reference.heads(), shape.heads());
        check.same("key heads", reference.keyHeads(), shape.keyHeads());
        check.same("head width", reference.headWidth(), shape.headWidth());
        check.same("MLP width", reference.mlpWidth(), shape.mlpWidth());
        check.same("vocabulary", reference.vocabulary(), shape.vocab());
        check.same("MLP", reference.mlp() == MlpKind.GATED ? "gated" : "plain", model.isGated() ? "gated" : "plain");
        check.same("positions", reference.learnedPositions() ? "learned" : "rotated",
                model.rotation().isEmpty() ? "learned" : "rotated");
        if (reference.context() < shape.context()) {
            check.differences.add("context " + reference.context() + ", not at least " + shape.context());
        }
        if (!check.differences.isEmpty()) {
            throw new IllegalArgumentException("the reference is another model: " + String.join("; ", check.differences)
                    + "; give the model that it was made from");
        }
    }

    private void same(String what, Object floating, Object integer) {
        if (!floating.equals(integer)) {
            differences.add(what + " " + floating + ", not " + integer);
        }
    }
}
