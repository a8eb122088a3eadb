package dev.chagres.gpt2.demo;

import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.tokenizer.Tokenizer;
import dev.chagres.tokenizer.TokenizerInfo;
import dev.chagres.tokenizer.Tokenizers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/// The demo model: 0.8 million weights, trained on Tiny Shakespeare, one token per character. Origin and licence
/// are in the `README.md` beside the resources.
///
/// An open instance is a temporary copy of the model folder, deleted when it is closed.
public final class BundledModel implements AutoCloseable {
    private static final List<String> FILES = List.of(
            "model.safetensors", "config.json", "chars.json", "calibration.txt", "validation.txt", "README.md");

    private final Path folder;
    private final ModelWeights weights;
    private final TokenizerInfo tokenizerInfo;
    private final Tokenizer tokenizer;

    private BundledModel(Path folder) throws IOException {
        this.folder = folder;
        weights = ModelWeights.open(folder);
        tokenizerInfo = Tokenizers.ofFolder(folder, weights.architecture().vocabulary()).info();
        tokenizer = tokenizerInfo.tokenizer().orElseThrow();
    }

    /// Extracts the model into a fresh temporary folder and opens it.
    ///
    /// @throws UncheckedIOException if the temporary folder cannot be written
    public static BundledModel open() {
        try {
            Path folder = Files.createTempDirectory("chagres-demo-");
            extractTo(folder);
            return new BundledModel(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo model cannot be extracted: " + e.getMessage(), e);
        }
    }

    /// Copies the model's files into `folder`, creating it if needed and replacing files of the same names.
    ///
    /// @throws IOException if a file cannot be written
    public static void extractTo(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (String file : FILES) {
            try (InputStream resource = resource(file)) {
                Files.copy(resource, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    /// The extracted folder, in the Hugging Face layout.
    public Path folder() {
        return folder;
    }

    /// The open weights; closed with this object.
    public ModelWeights weights() {
        return weights;
    }

    /// What model and key files say of [#tokenizer()].
    public TokenizerInfo tokenizerInfo() {
        return tokenizerInfo;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /// About 20 000 characters of training text, for calibration.
    public static String calibrationText() {
        return text("calibration.txt");
    }

    /// About 20 000 characters the model was not trained on, for evaluation.
    public static String validationText() {
        return text("validation.txt");
    }

    private static String text(String file) {
        try (InputStream resource = resource(file)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream resource(String file) {
        InputStream resource = BundledModel.class.getResourceAsStream(file);
        if (resource == null) {
            throw new IllegalStateException("the program was packaged without its resource " + file);
        }
        return resource;
    }

    /// Closes the weights and deletes the temporary folder.
    ///
    /// @throws UncheckedIOException if it cannot be deleted
    @Override
    public void close() {
        weights.close();
        try {
            for (String file : FILES) {
                Files.deleteIfExists(folder.resolve(file));
            }
            Files.deleteIfExists(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the demo model's folder cannot be deleted: " + e.getMessage(), e);
        }
    }
}
