package dev.chagres.proof;

import dev.chagres.model.ModelFamily;
import dev.chagres.model.decoder.DecoderFamily;
import java.util.List;
import java.util.stream.Collectors;

/// The families that this verifier knows. The list is written down, not discovered: what a verifier accepts does not
/// depend on its class path.
final class ModelFamilies {
    private static final List<ModelFamily> ALL = List.of(new DecoderFamily());

    private ModelFamilies() {}

    /// The family of this name.
    ///
    /// @throws IllegalArgumentException if there is none
    static ModelFamily of(String name) {
        return ALL.stream().filter(f -> f.name().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                "unknown model family; this version knows " + ALL.stream().map(ModelFamily::name)
                        .collect(Collectors.joining(", "))));
    }
}
