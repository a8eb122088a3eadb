package dev.chagres.ffm.embed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.ffm.embed.NativeHost.Result;
import dev.chagres.prove.Engine;
import dev.chagres.prove.key.ProvingKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// libchagres in native programs: each test is a process on the runtime image, most of them a part of
/// `native/test/embed_host.c`.
class HostTest {
    private static final String HOST = "embed_host";
    private static final int[] PROMPT = {0, 1, 2};
    private static final int GENERATED = 3;
    private static final int VERIFICATIONS = 1000;
    private static final long MOST_GROWTH_KIB = 24 << 10;

    @TempDir
    private static Path folder;
    private static Path proof;
    private static byte[] proofBytes;

    @BeforeAll
    static void keysAndAProofOfTheJavaEngine() throws IOException {
        NativeHost.need();
        NativeHost.makeKeys(folder);
        try (Engine engine = Engine.builder().threads(2).build();
                ProvingKey key = ProvingKey.open(folder.resolve("model.pk"))) {
            proofBytes = engine.prover(key).generateAndProve(PROMPT, GENERATED, _ -> { }).encode();
        }
        proof = Files.write(folder.resolve("java.proof"), proofBytes);
    }

    /// JUnit warns about links that lead out of its folder.
    @AfterAll
    static void deleteLinks() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path link : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(link);
            }
        }
    }

    private static ProcessBuilder process(String program, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(NativeHost.program(program).toString()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return NativeHost.process(NativeHost.QUICK, command);
    }

    private static Result succeed(ProcessBuilder builder) throws IOException, InterruptedException {
        Result result = NativeHost.run(builder);
        assertThat(result.code()).as(result.output()).isZero();
        return result;
    }

    /// Lines that are not the machine's own.
    private static List<String> lines(Result result) {
        return result.lines().stream().filter(line -> !line.startsWith("WARNING: Using incubator modules")).toList();
    }

    @Test
    void refusedCallsAreAStatusAndALine() throws IOException, InterruptedException {
        assertThat(lines(succeed(process(HOST, "calls", folder, proof)))).isEmpty();
    }

    @Test
    void proofsAreCancelledMadeAndHaveTheBytesOfTheJavaEngine() throws IOException, InterruptedException {
        Path made = folder.resolve("native.proof");
        succeed(process(HOST, "prove", folder, made));
        assertThat(Files.readAllBytes(made)).isEqualTo(proofBytes);
    }

    @Test
    void memoryStaysFlatOverManyVerificationsOnSmallStacks() throws IOException, InterruptedException {
        List<String> said = lines(succeed(process(HOST, "verify", folder, proof, VERIFICATIONS)));
        long[] resident = Stream.of(said.getFirst().split(" ")).mapToLong(Long::parseLong).toArray();
        System.out.printf("%d verifications: %d KiB before, %d KiB after%n", VERIFICATIONS, resident[0], resident[1]);
        assertThat(resident[1] - resident[0]).as("growth in KiB").isLessThan(MOST_GROWTH_KIB);
    }

    @Test
    void signalHandlersOfTheHostRun() throws IOException, InterruptedException {
        succeed(process(HOST, "signals", folder, proof));
        ProcessBuilder preloaded = process(HOST, "signals", folder, proof, "late");
        preloaded.environment().put("LD_PRELOAD", NativeHost.IMAGE.resolve("lib/libjsig.so").toString());
        succeed(preloaded);
    }

    @Test
    void aKilledHostLeavesTheKeyAsItWas() throws IOException, InterruptedException {
        byte[] before = Files.readAllBytes(folder.resolve("model.pk"));
        Process holder = process(HOST, "hold", folder).start();
        try (BufferedReader in = holder.inputReader()) {
            String line = in.readLine();
            while (line != null && line.startsWith("WARNING")) {
                line = in.readLine();
            }
            assertThat(line).isEqualTo("open");
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertThat(Files.readAllBytes(folder.resolve("model.pk"))).isEqualTo(before);
        try (ProvingKey key = ProvingKey.open(folder.resolve("model.pk"))) {
            key.check();
        }
    }

    @Test
    void aForkedChildIsToldThatItHasNoMachine() throws IOException, InterruptedException {
        succeed(process(HOST, "fork", folder));
    }

    @Test
    void aMachineThatCannotStartIsALineAndTheHostGoesOn() throws IOException, InterruptedException {
        Path nothing = Files.createDirectory(folder.resolve("nothing"));
        assertStartSays(process(HOST, "start", folder, nothing), "home " + nothing + " has no lib/server/libjvm.so");
        Path noJars = home("no jars", Files.createDirectories(folder.resolve("empty")));
        assertStartSays(process(HOST, "start", folder, noJars), "has no jars");
        Path old = home("old", NativeHost.IMAGE.resolve("lib/chagres"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"21.0.2\"\n");
        assertStartSays(process(HOST, "start", folder, old), "is Java 21; Java 25 or newer is needed");
        Path jar = Files.createDirectories(folder.resolve("jar"));
        Files.createSymbolicLink(jar.resolve("chagres-embed.jar"),
                NativeHost.IMAGE.resolve("lib/chagres/chagres-embed.jar"));
        assertStartSays(process(HOST, "start", folder, home("one jar", jar)),
                "the jars of Chagres are missing or of another version: fill: java.lang.NoClassDefFoundError");
        for (String options : List.of("-XX:NoSuchOption=1", "-Xmx4g -Xms4000g", "-XX:MaxMetaspaceSize=1")) {
            ProcessBuilder start = process(HOST, "start", folder, "");
            start.environment().put("CHAGRES_JVM_ARGS", options);
            assertStartSays(start, "the Java machine did not start");
        }
    }

    @Test
    void theMachineIsThatOfAJdkOrOfARuntimeBesideTheLibrary() throws IOException, InterruptedException {
        try (Stream<Path> files = Files.list(NativeHost.IMAGE.resolve("lib/chagres"))) {
            String jars = files.map(Path::toString).filter(file -> file.endsWith(".jar"))
                    .collect(Collectors.joining(":"));
            String jdk = System.getProperty("java.home");
            assertThat(lines(succeed(process(HOST, "start", folder, jdk, jars)))).isEmpty();
        }
        Path library = Files.createDirectories(folder.resolve("app/lib")).resolve("libchagres.so");
        Files.copy(NativeHost.IMAGE.resolve("lib/chagres/libchagres.so"), library);
        ProcessBuilder start = process(HOST, "start", folder, "");
        start.environment().put("LD_LIBRARY_PATH", library.getParent().toString());
        assertStartSays(start, "neither in ../.. nor in ../runtime of " + library.getParent().toRealPath());
        Files.createSymbolicLink(folder.resolve("app/runtime"), NativeHost.IMAGE);
        assertThat(lines(succeed(start))).isEmpty();
    }

    /// A home with the machine of the image and other jars.
    private static Path home(String name, Path jars) throws IOException {
        Path home = folder.resolve("home of " + name);
        Files.createSymbolicLink(Files.createDirectories(home.resolve("lib")).resolve("server"),
                NativeHost.IMAGE.resolve("lib/server"));
        Files.createSymbolicLink(home.resolve("lib/chagres"), jars);
        return home;
    }

    private static void assertStartSays(ProcessBuilder start, String text) throws IOException, InterruptedException {
        Result result = succeed(start);
        assertThat(lines(result)).as(String.join(" ", start.command())).hasSize(2)
                .allMatch(line -> line.contains(text));
    }

    @Test
    void theLibraryAndItsHostRunUnderTheSanitizers() throws IOException, InterruptedException {
        assertThat(NativeHost.program("embed_host_sanitized")).exists();
        succeed(sanitized(HOST, "calls", folder, proof));
        succeed(sanitized(HOST, "verify", folder, proof, 40));
        succeed(sanitized(HOST, "signals", folder, proof));
        assertExampleProves(sanitized("example_c", folder, "abc", GENERATED));
    }

    /// A program with its own build of the library, which is not in the image.
    private static ProcessBuilder sanitized(String program, Object... arguments) {
        ProcessBuilder builder = process(program + "_sanitized", arguments);
        builder.environment().put("CHAGRES_HOME", NativeHost.IMAGE.toString());
        return builder;
    }

    @Test
    void theExampleInCppProves() throws IOException, InterruptedException {
        ProcessBuilder example = process("example_cpp", folder, "abc", GENERATED);
        example.environment().put("CHAGRES_JVM_ARGS", NativeHost.VECTOR);
        assertExampleProves(example);
        Result refused = NativeHost.run(process("example_cpp", folder, "a b", GENERATED));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(lines(refused).getLast()).startsWith("chagres_encode: ").contains("U+0020");
    }

    @Test
    void theExampleInRustProves() throws IOException, InterruptedException {
        boolean present = Stream.of(System.getenv("PATH").split(":")).map(p -> Path.of(p, "rustc"))
                .anyMatch(Files::isExecutable);
        if (!present && !System.getProperty("chagres.rust").equals("require")) {
            System.err.println("SKIPPED: the example in Rust, there is no rustc");
        }
        Assumptions.assumeTrue(present || System.getProperty("chagres.rust").equals("require"));
        Path program = folder.resolve("example_rust");
        succeed(new ProcessBuilder("rustc", "--edition", "2021", "-O", "-D", "warnings", "-o", program.toString(), "-L",
                NativeHost.IMAGE.resolve("lib/chagres").toString(), "-l", "chagres",
                NativeHost.NATIVE.resolve("examples/rust/prove.rs").toString()).redirectErrorStream(true));
        assertExampleProves(NativeHost.process(NativeHost.QUICK,
                List.of(program.toString(), folder.toString(), "abc", String.valueOf(GENERATED))));
    }

    /// Progress, three tokens and the verdict.
    private static void assertExampleProves(ProcessBuilder example) throws IOException, InterruptedException {
        List<String> said = lines(succeed(example));
        assertThat(said).filteredOn(line -> line.startsWith("token ")).hasSize(GENERATED);
        assertThat(said).anyMatch(line -> line.equals("open 100%"));
        assertThat(said).anyMatch(line -> line.startsWith(proofBytes.length + " bytes, 3 + 3 ids, ACCEPTED "));
    }
}
