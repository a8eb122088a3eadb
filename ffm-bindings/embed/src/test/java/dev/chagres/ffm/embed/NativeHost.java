package dev.chagres.ffm.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.ModelKeySource;
import dev.chagres.gpt2.quantize.Quantizer;
import dev.chagres.gpt2.weights.ModelWeights;
import dev.chagres.gpt2.weights.SyntheticModel;
import dev.chagres.prove.Engine;
import dev.chagres.prove.profile.Progress;
import dev.chagres.tokenizer.TokenizerInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/// Native programs that the build has made, run on the runtime image that it has made.
final class NativeHost {
    static final Path IMAGE = Path.of(System.getProperty("chagres.image")).toAbsolutePath();
    static final Path NATIVE = Path.of(System.getProperty("chagres.native.folder")).toAbsolutePath().normalize();
    /// Little compilation: these processes are over before more would pay.
    static final String QUICK = "-XX:TieredStopAtLevel=1";
    /// As where native kernels do not run.
    static final String VECTOR = "-Dchagres.backend=vector";

    private static final Path PROGRAMS = NATIVE.resolve("target/cmake");
    private static final int TIMEOUT_SECONDS = 240;
    private static final String SHAPE = "1x2x8x26x16";

    private NativeHost() {}

    /// What a program said; its output and errors.
    record Result(int code, String output) {
        List<String> lines() {
            return output.lines().toList();
        }
    }

    /// Skips a test where nothing native was built, loudly; with `-Dchagres.native=require` it fails.
    static void need() throws IOException {
        Properties facts = new Properties();
        try (InputStream in = NativeHost.class.getResourceAsStream("/META-INF/native/native.properties")) {
            facts.load(in);
        }
        boolean image = Files.exists(IMAGE.resolve("lib/chagres/libchagres.so"));
        String state = facts.getProperty("embed").equals("built") && !image ? "built, but there is no runtime image"
                : facts.getProperty("embed");
        if (System.getProperty("chagres.native").equals("require")) {
            assertThat(state).as("libchagres.so, which -Dchagres.native=require asks for").isEqualTo("built");
        }
        if (!state.equals("built")) {
            System.err.println("SKIPPED: tests of libchagres.so, " + state);
        }
        Assumptions.assumeTrue(state.equals("built"), () -> "libchagres.so is " + state);
    }

    /// Keys of a small random model with an alphabet of 26 letters.
    static void makeKeys(Path folder) throws IOException {
        SyntheticModel.write(folder, SyntheticModel.shape(SHAPE), 1);
        try (ModelWeights weights = ModelWeights.open(folder); Arena arena = Arena.ofShared();
                Engine engine = Engine.builder().threads(2).build()) {
            TokenizerInfo letters = TokenizerInfo.ofCharacters(IntStream.range(0, weights.architecture().vocabulary())
                    .mapToObj(i -> Character.toString('a' + i)).toList());
            IntegerModel model = new Quantizer(weights).quantise(arena, "tiny", letters,
                    Quantizer.randomCalibration(weights.architecture(), 1));
            engine.setup(new ModelKeySource(model), folder.resolve("model.pk"), folder.resolve("model.vk"),
                    Progress.NONE);
        }
    }

    static Path program(String name) {
        return PROGRAMS.resolve(name);
    }

    /// A program with its arguments, the library and the machine of the image, and options for the machine.
    static ProcessBuilder process(String jvmOptions, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.remove("CHAGRES_HOME"); // the library finds the image in which it is
        environment.put("CHAGRES_JVM_ARGS", jvmOptions);
        environment.put("LD_LIBRARY_PATH", IMAGE.resolve("lib/chagres").toString());
        // The machine has its own use for faults, and its heap is no leak.
        environment.put("ASAN_OPTIONS", "handle_segv=0:allow_user_segv_handler=1:detect_leaks=0");
        environment.put("UBSAN_OPTIONS", "print_stacktrace=1");
        return builder;
    }

    /// Runs a process to its end.
    static Result run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        StringBuilder output = new StringBuilder();
        Thread reader = Thread.ofPlatform().start(() -> {
            try {
                output.append(new String(process.getInputStream().readAllBytes()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        reader.join();
        assertThat(ended).as("the end of %s, which said: %s", builder.command(), output).isTrue();
        return new Result(process.exitValue(), output.toString());
    }
}
