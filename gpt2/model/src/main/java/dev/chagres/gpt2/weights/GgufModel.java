package dev.chagres.gpt2.weights;

import dev.chagres.gguf.GgufException;
import dev.chagres.gguf.GgufHeader;
import dev.chagres.prove.file.FileFormatException;
import dev.chagres.prove.file.PrintableText;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A model in one GGUF file. Architectures `llama` (Llama, SmolLM2, Mistral), `qwen2` and `gpt2` of llama.cpp.
///
/// @param weights closed with `store`
/// @param notes what a user should know although nothing is wrong; one line each
record GgufModel(WeightSource weights, GgufStore store, List<String> notes) implements AutoCloseable {
    static final String FACTORS = "rope_freqs.weight";

    /// Opens and checks a file.
    ///
    /// @throws FileFormatException naming file, tensor or metadata key, and cause
    static GgufModel open(Path file) {
        GgufStore store = GgufStore.open(file);
        try {
            GgufHeader header = store.header();
            GgufArchitecture reader = new GgufArchitecture(header, factors(store));
            Architecture architecture = reader.read();
            String family = reader.family();
            Naming naming = store.contains(Naming.GGUF_FUSED.query(0) + ".weight") ? Naming.GGUF_FUSED : Naming.GGUF;
            store.check(naming.shapes(architecture, biases(store, naming, family, architecture.layers())),
                    List.of(FACTORS), family);
            boolean interleaved = family.equals("llama");
            return new GgufModel(
                    new NamedWeights(architecture, file.toString(), store, naming, interleaved), store,
                    reader.notes().stream().map(note -> PrintableText.line(file + ": " + note)).toList());
        } catch (GgufException | IllegalArgumentException e) {
            store.close();
            throw new FileFormatException(file, PrintableText.cut(e.getMessage(), 300), e);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// Ends of the names of the matrices that must have a bias in every block: all of GPT-2, those that read for
    /// attention in Qwen 2, and in a Llama the matrices of attention that have one in any block.
    private static Set<String> biases(GgufStore store, Naming naming, String family, int layers) {
        return switch (family) {
            case "gpt2" -> naming.matrices();
            case "qwen2" -> naming.readers();
            default -> {
                Set<String> found = new HashSet<>();
                for (String end : naming.attention()) {
                    for (int l = 0; l < layers; l++) {
                        if (store.contains(naming.bias(l, end))) {
                            found.add(end);
                        }
                    }
                }
                yield found;
            }
        };
    }

    /// Divisors of the frequencies of rotations; none if the file has no such tensor.
    private static float[] factors(GgufStore store) {
        if (!store.contains(FACTORS)) {
            return new float[0];
        }
        long count = store.header().tensors().get(FACTORS).elements();
        if (count > 1 << 16) {
            throw new GgufException("tensor " + FACTORS + " has " + count + " elements, need one for each pair of"
                    + " channels of a head");
        }
        return store.readFinite(FACTORS, 0, (int) count);
    }

    @Override
    public void close() {
        store.close();
    }
}
