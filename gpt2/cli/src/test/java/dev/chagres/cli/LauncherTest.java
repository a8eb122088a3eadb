package dev.chagres.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The launcher script in a copy of the repository's skeleton, with a JDK and a Maven that are shell scripts.
class LauncherTest {
    private static final Path SCRIPT = Path.of("..", "..", "chagres");
    private static final Instant BUILT = Instant.parse("2026-01-01T00:00:00Z");
    private static final List<String> MODULES = List.of("one/inner", "gpt2/cli", "gpt2/cluster", "bench");

    @TempDir
    private Path folder;

    private Path root;
    private final Map<String, String> environment = new TreeMap<>();

    private record Outcome(int code, String out, String err) {
        /// The words that Java was started with.
        List<String> words() {
            return out.lines().toList();
        }
    }

    @BeforeEach
    void skeleton() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/env")), "SKIPPED: the launcher is a shell script");
        root = Files.createDirectory(folder.toRealPath().resolve("a folder"));
        Files.copy(SCRIPT, root.resolve("chagres"));
        Files.writeString(root.resolve("pom.xml"), "<project>\n  <chagres.jdk>25.0.3</chagres.jdk>\n</project>\n");
        old(root.resolve("pom.xml"));
        for (String module : MODULES) {
            for (String part : List.of("main", "test")) {
                Path source = Files.createDirectories(root.resolve(module).resolve("src").resolve(part))
                        .resolve("Source.java");
                old(Files.writeString(source, ""));
                old(source.getParent());
            }
            old(root.resolve(module).resolve("src"));
            old(Files.writeString(root.resolve(module).resolve("pom.xml"), ""));
        }
        jdk("jdk", "25.0.3");
        executable("bin/mvn", "for w; do echo \"$w\"; done >\"" + root
                + "/mvn.log\"; printf '\\033[0mbuilt by %s\\n' \"$JAVA_HOME\"");
        environment.put("PATH", root.resolve("bin") + ":/usr/bin:/bin");
        environment.put("JAVA_HOME", root.resolve("jdk").toString());
    }

    private static void old(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(BUILT.minusSeconds(1)));
    }

    private void executable(String name, String body) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /// A JDK whose `java` says where it is, what it is asked and in which locale, and exits with `FAKE_CODE`.
    private void jdk(String name, String version) throws IOException {
        executable(name + "/bin/java", "echo \"" + name + "\"; echo \"locale $LC_ALL\"; for w; do echo \"$w\"; done; "
                + "exit ${FAKE_CODE:-0}");
        executable(name + "/bin/javac", "exit 1");
        Files.writeString(root.resolve(name).resolve("release"),
                "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\nJAVA_VERSION_DATE=\"2026-01-01\"\n");
    }

    private void markBuilt() throws IOException {
        for (String module : List.of("gpt2/cli", "gpt2/cluster", "bench")) {
            Path target = Files.createDirectories(root.resolve(module).resolve("target"));
            Files.setLastModifiedTime(Files.writeString(target.resolve("chagres.built"), ""), FileTime.from(BUILT));
        }
    }

    private ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    private Outcome launch(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(root.resolve("chagres").toString()));
        command.addAll(List.of(words));
        return finish(command);
    }

    private Outcome shell(String script) throws IOException, InterruptedException {
        return finish(List.of("/bin/sh", "-c", script));
    }

    private Outcome finish(List<String> command) throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        Process process = builder(command).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = process.waitFor();
        return new Outcome(code, out, Files.readString(err));
    }

    private String maven() throws IOException {
        Path log = root.resolve("mvn.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Test
    void commandsGoToTheirMainClass() throws IOException, InterruptedException {
        markBuilt();
        environment.put("CHAGRES_JVM_ARGS", "-Xmx6g   -Dx=*\n-Dy=z ");
        Outcome doctor = launch("doctor", "a b", "--json");
        assertThat(doctor.code()).as(doctor.err()).isZero();
        assertThat(doctor.words()).startsWith("jdk").contains("@" + root + "/gpt2/cli/src/main/launcher/jvm.args")
                .containsSubsequence("-Xmx6g", "-Dx=*", "-Dy=z", "-cp",
                        root + "/gpt2/cli/target/chagres-cli.jar:" + root + "/gpt2/cli/target/lib/*",
                        "dev.chagres.cli.Main", "doctor", "a b", "--json");
        Outcome kernels = launch("bench", "kernels", "--filter", "a b");
        assertThat(kernels.words()).contains("@" + root + "/gpt2/cli/src/main/launcher/jvm.args")
                .containsSubsequence("-cp",
                root + "/bench/target/chagres-bench.jar:" + root + "/bench/target/lib/*",
                "dev.chagres.bench.cli.BenchMain", "kernels", "--filter", "a b");
        assertThat(launch("bench", "jmh", "-l").words()).endsWith("org.openjdk.jmh.Main", "-l");
        assertThat(launch().words()).endsWith("dev.chagres.cli.Main");
        assertThat(launch("prove").words()).contains("-Xmx384m", "-Dchagres.terminal=false");
        assertThat(launch("prove", "x").words()).containsOnlyOnce("-Xmx384m").doesNotContain("-Xmx4g");
        assertThat(launch("setup", "x").words()).contains("-Xmx4g");
        assertThat(launch("verify", "x").out()).doesNotContain("-Xmx4g").contains("/reader.args");
        assertThat(doctor.words()).as("the user's heap comes last").containsSubsequence("-Xmx4g", "-Xmx6g");
        assertThat(doctor.words()).contains("-XX:ErrorFile=/tmp/chagres-crash-%p.log");
    }

    /// A cluster gives its processes these options and a heap of its own choice.
    @ParameterizedTest
    @ValueSource(strings = {"jvm.args", "native.args"})
    void optionsOfWorkSayNothingOfTheHeap(String file) throws IOException {
        assertThat(Files.readAllLines(SCRIPT.resolveSibling("gpt2/cli/src/main/launcher").resolve(file)))
                .contains("-XX:+UseParallelGC").noneMatch(option -> option.startsWith("-Xm"));
    }

    /// Every command of the command line is either work or reading; the launcher must know which.
    @Test
    void onlyWorkStartsTheVectorModule() throws IOException, InterruptedException {
        markBuilt();
        List<String> working = List.of("audit", "batch", "demo", "doctor", "evaluate", "generate", "prove", "quantize",
                "setup", "synth");
        List<String> reading = List.of("completion", "help", "inspect", "man", "verify", "--version");
        for (String command : working) {
            assertThat(launch(command, "x").out()).as(command).contains("/jvm.args").doesNotContain("/reader.args");
            assertThat(launch(command, "--help").out()).as(command).contains("/reader.args")
                    .doesNotContain("/jvm.args");
        }
        for (String command : reading) {
            assertThat(launch(command).out()).as(command).contains("/reader.args").doesNotContain("/jvm.args");
        }
        List<String> known = new ArrayList<>(working);
        known.addAll(reading);
        known.add("bench");
        assertThat(known)
                .containsAll(Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()))
                .getSubcommands().keySet());
    }

    /// Where native kernels were built and run, work needs no vector module, unless other kernels are asked for.
    @Test
    void nativeKernelsTakeTheirOwnOptionsAndCache() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/cpuinfo")) && Files.readString(Path.of("/proc/cpuinfo")).contains("avx2"),
                "SKIPPED: no processor for native kernels");
        Path libraries = Files.createDirectories(root.resolve("native/target/host/META-INF/native/linux-x86_64"));
        Files.writeString(libraries.resolve("libchagres_kernels.so"), "");
        Files.writeString(libraries.resolve("libchagres_host.so"), "");
        markBuilt();
        String cache = Files.writeString(root.resolve("gpt2/cli/target/worker.aot"), "").toString();
        String path = "-Dchagres.native.path=" + libraries;
        for (String command : List.of("audit", "batch", "demo", "generate", "prove", "quantize", "setup", "synth")) {
            assertThat(launch(command, "x").words()).as(command).contains(path)
                    .containsSubsequence("@" + root + "/gpt2/cli/src/main/launcher/native.args",
                            "-XX:AOTCache=" + cache, "dev.chagres.cli.Main");
        }
        for (String command : List.of("doctor", "bench")) {
            assertThat(launch(command, "kernels").words()).as(command).contains(path,
                    "@" + root + "/gpt2/cli/src/main/launcher/jvm.args").doesNotContain("-XX:AOTCache=" + cache);
        }
        assertThat(launch("verify").out()).doesNotContain("native");
        environment.put("CHAGRES_JVM_ARGS", "-Dchagres.backend=vector");
        assertThat(launch("prove", "x").words()).contains("@" + root + "/gpt2/cli/src/main/launcher/jvm.args", path)
                .doesNotContain("-XX:AOTCache=" + cache);
    }

    /// Reading commands start with the cache of their build; without one they start as well.
    @Test
    void aBuildMakesTheCacheOfReadingCommands() throws IOException, InterruptedException {
        String cache = root + "/gpt2/cli/target/reader.aot";
        executable("jdk/bin/java", "for w; do case \"$w\" in -XX:AOTCacheOutput=*) echo made >\"${w#*=}\";; esac; "
                + "echo \"$w\"; done");
        Outcome built = launch("verify", "x");
        assertThat(built.err()).isEqualTo("chagres: building (once, about a minute)\nbuilt by " + root + "/jdk\n");
        assertThat(Path.of(cache)).hasContent("made");
        assertThat(built.words()).containsSubsequence("-XX:AOTCache=" + cache, "-Xlog:disable", "dev.chagres.cli.Main",
                "verify", "x");
        assertThat(launch("prove", "x").out()).doesNotContain("AOTCache");
        executable("jdk/bin/java", "for w; do case \"$w\" in -XX:AOTCacheOutput=*) exit 1;; esac; echo \"$w\"; done");
        Files.writeString(root.resolve("one/inner/src/main/Source.java"), "changed");
        Outcome without = launch("verify", "x");
        assertThat(without.code()).isZero();
        assertThat(without.err()).isEqualTo(built.err());
        assertThat(without.words()).endsWith("verify", "x").noneMatch(w -> w.contains("AOTCache"));
        try (var left = Files.list(root.resolve("gpt2/cli/target"))) {
            assertThat(left.map(p -> p.getFileName().toString())).containsExactly("chagres.built");
        }
    }

    /// Commands that end after one piece of work compile little with C2, whatever the name of the folder; the user's
    /// options come last.
    @Test
    void directivesAreForCommandsThatDoOneThing() throws IOException, InterruptedException {
        markBuilt();
        String directives = "-XX:CompilerDirectivesFile=" + root + "/gpt2/cli/src/main/launcher/kernels.directives";
        environment.put("CHAGRES_JVM_ARGS", "-XX:CompilerDirectivesFile=mine");
        for (String command : List.of("audit", "demo", "generate", "prove", "setup")) {
            assertThat(launch(command, "x").words()).as(command)
                    .containsSubsequence("-XX:+UnlockDiagnosticVMOptions", directives, "-XX:CompilerDirectivesFile=mine");
        }
        for (String command : List.of("batch", "bench", "doctor", "evaluate", "quantize", "synth", "verify")) {
            assertThat(launch(command, "x").words()).as(command).isNotEmpty().doesNotContain(directives);
        }
    }

    @Test
    void onlyWhatIsNeededIsBuilt() throws IOException, InterruptedException {
        Outcome first = launch("doctor");
        assertThat(first.err()).isEqualTo("chagres: building (once, about a minute)\nbuilt by " + root + "/jdk\n");
        assertThat(maven().lines()).containsSubsequence("-Dstyle.color=never", "-pl", "gpt2/cli", "-am", "package");
        assertThat(root.resolve("gpt2/cli/target/chagres.built")).exists();
        assertThat(root.resolve("bench/target/chagres.built")).doesNotExist();
        launch("bench", "kernels");
        assertThat(maven().lines()).containsSubsequence("-pl", "bench", "-am", "package");
        assertThat(launch("doctor").err() + launch("bench", "kernels").err()).isEmpty();
    }

    /// Spark is built and on the class path for `--cluster` alone.
    @Test
    void theClusterIsAModuleOfItsOwn() throws IOException, InterruptedException {
        Outcome o = launch("batch", "--pk", "x", "--cluster", "local-cluster[2,1,512]");
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(maven().lines()).containsSubsequence("-pl", "gpt2/cluster", "-am", "package");
        assertThat(root.resolve("gpt2/cluster/target/chagres.built")).exists();
        assertThat(root.resolve("gpt2/cli/target/chagres.built")).doesNotExist();
        assertThat(o.words()).containsSubsequence("@" + root + "/gpt2/cli/src/main/launcher/jvm.args", "-Xmx1g",
                "@" + root + "/gpt2/cluster/src/main/launcher/cluster.args", "-cp",
                root + "/gpt2/cluster/target/chagres-cluster.jar:" + root + "/gpt2/cli/target/chagres-cli.jar:" + root
                        + "/gpt2/cli/target/lib/*:" + root + "/gpt2/cluster/target/spark/jars/*",
                "dev.chagres.cli.Main", "batch", "--pk", "x", "--cluster", "local-cluster[2,1,512]");
        markBuilt();
        for (List<String> words : List.of(List.of("batch", "--pk", "x"), List.of("prove", "--pk", "x"),
                List.of("verify", "--cluster"), List.of("batch", "--help", "--cluster"))) {
            assertThat(launch(words.toArray(String[]::new)).out()).as("%s", words).contains("/chagres-cli.jar")
                    .doesNotContain("spark").doesNotContain("chagres-cluster");
        }
        Files.writeString(root.resolve("gpt2/cluster/src/main/Source.java"), "changed");
        assertThat(launch("doctor").err()).isEmpty();
        assertThat(launch("batch", "--cluster=yarn").err()).contains("building");
        for (String command : List.of("doctor", "prove")) {
            assertThat(launch(command, "--json", "--cluster", "yarn").words()).as(command).contains("-Xmx1g",
                    "@" + root + "/gpt2/cluster/src/main/launcher/cluster.args");
        }
        List<String> bench = launch("bench", "cluster", "--lines", "2").words();
        assertThat(bench).containsSubsequence("-Xmx4g", "@" + root + "/gpt2/cluster/src/main/launcher/cluster.args",
                "-cp", root + "/gpt2/cluster/target/chagres-cluster.jar:" + root + "/bench/target/chagres-bench.jar:" + root
                        + "/bench/target/lib/*:" + root + "/gpt2/cluster/target/spark/jars/*",
                "dev.chagres.bench.cli.BenchMain", "cluster", "--lines", "2");
    }

    /// Modules are found, not listed: any `pom.xml` and any source below the root that is not a test.
    @Test
    void aChangedModuleIsBuiltAgain() throws IOException, InterruptedException {
        markBuilt();
        Files.writeString(root.resolve("bench/src/main/Source.java"), "changed");
        Files.writeString(root.resolve("one/inner/src/test/Source.java"), "changed");
        assertThat(launch("doctor").err()).isEmpty();
        assertThat(launch("bench", "kernels").err()).contains("building");
        Files.writeString(root.resolve("one/inner/src/main/Source.java"), "changed");
        assertThat(launch("doctor").err()).contains("building");
        markBuilt();
        old(root.resolve("one/inner/src/main/Source.java"));
        Path added = Files.createDirectories(root.resolve("two/new")).resolve("pom.xml");
        Files.writeString(added, "");
        assertThat(launch("doctor").err()).contains("building");
    }

    @Test
    void aChangeDuringABuildIsBuiltNextTime() throws IOException, InterruptedException {
        executable("bin/mvn", "sleep 0.05; touch \"" + root + "/one/inner/src/main/Source.java\"");
        assertThat(launch("doctor").err()).contains("building");
        assertThat(launch("doctor").err()).contains("building");
    }

    @Test
    void twoAtOnceBuildOnce() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "SKIPPED: no flock here, builds are not serialised");
        executable("bin/mvn", "echo build >>\"" + root + "/builds\"; sleep 1");
        Process other = builder(List.of(root.resolve("chagres").toString(), "doctor"))
                .redirectError(ProcessBuilder.Redirect.DISCARD).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        Outcome o = launch("doctor");
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(other.waitFor()).isZero();
        assertThat(root.resolve("builds")).hasContent("build");
    }

    @Test
    void aFailedBuildIsNoVerdict() throws IOException, InterruptedException {
        executable("bin/mvn", "echo '[ERROR] no'; exit 1");
        Outcome o = launch("doctor");
        assertThat(o.code()).isEqualTo(3);
        assertThat(o.err()).contains("[ERROR] no").contains("the build failed");
        assertThat(root.resolve("gpt2/cli/target/chagres.built")).doesNotExist();
    }

    /// Only a command that came to its end says 0 or 1.
    @ParameterizedTest
    @CsvSource({"0, 0", "81, 1", "1, 3", "2, 2", "3, 3", "134, 3", "143, 143"})
    void exitCodesOfTheMachineAreNoVerdicts(String machine, int launcher) throws IOException, InterruptedException {
        assertThat(LauncherLink.VERDICT).isEqualTo(81);
        markBuilt();
        environment.put("FAKE_CODE", machine);
        Outcome o = launch("verify");
        assertThat(o.code()).isEqualTo(launcher);
        assertThat(o.err().lines().filter(l -> l.startsWith("chagres: internal error: "))).hasSize(
                machine.equals("1") || machine.equals("134") ? 1 : 0);
        assertThat(launch("bench", "jmh").code()).isEqualTo(Integer.parseInt(machine));
    }

    /// Numbers are compared, not texts, and Java is not started to find its version.
    @ParameterizedTest
    @CsvSource({"25.0.3, true", "25.0.10, true", "25.1, true", "26, true", "100, true", "25.0.3.1, true",
            "25.0.2, false",
        "25, false", "25.0.3-ea, true", "9, false", "1.8.0_402, false"})
    void theVersionIsThatOfTheReleaseFile(String version, boolean good) throws IOException, InterruptedException {
        markBuilt();
        jdk("jdk", "100");
        jdk("other", version);
        environment.put("JAVA_HOME", root.resolve("other").toString());
        environment.put("PATH", root.resolve("jdk/bin") + ":/usr/bin:/bin");
        environment.put("JAVA_TOOL_OPTIONS", "-Dx=1");
        environment.put("JDK_JAVA_OPTIONS", "-Dx=1");
        assertThat(launch("doctor").words()).startsWith(good ? "other" : "jdk");
    }

    /// The least version is the one that the build reads as well.
    @Test
    void theLeastVersionStandsInThePom() throws IOException, InterruptedException {
        String pom = Files.readString(SCRIPT.resolveSibling("pom.xml"));
        assertThat(pom).contains("<chagres.jdk>" + BuildFacts.read().jdk() + "</chagres.jdk>")
                .contains("<version>[${chagres.jdk},)</version>");
        markBuilt();
        Files.writeString(root.resolve("pom.xml"), "  <chagres.jdk>999</chagres.jdk>\n");
        old(root.resolve("pom.xml"));
        Outcome o = launch("doctor");
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).startsWith("chagres: no JDK 999 or newer found (found 25.0.3 in " + root + "/jdk")
                .hasLineCount(1);
    }

    @Test
    void anEmptyEnvironmentIsEnough() throws IOException, InterruptedException {
        markBuilt();
        environment.clear();
        environment.put("JAVA_HOME", root.resolve("jdk").toString());
        Outcome o = launch("doctor");
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(o.words()).startsWith("jdk", "locale C.UTF-8");
        assertThat(o.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"C", "POSIX", "xx_XX.UTF-8"})
    void argumentsAreReadAsUtf8(String locale) throws IOException, InterruptedException {
        markBuilt();
        environment.put("LC_ALL", locale);
        assertThat(launch("doctor").out()).contains("locale C.UTF-8\n");
        environment.put("LC_ALL", "C.UTF-8");
        assertThat(launch("doctor").out()).contains("locale C.UTF-8\n");
    }

    @Test
    void linksAndOtherFoldersAreFine() throws IOException, InterruptedException {
        markBuilt();
        Path link = Files.createSymbolicLink(folder.resolve("li nk"), root.resolve("chagres"));
        Outcome o = shell("cd / && '" + link + "' doctor");
        assertThat(o.code()).as(o.err()).isZero();
        assertThat(o.out()).contains(root + "/gpt2/cli/target/chagres-cli.jar");
    }

    @Test
    void aColonInTheFolderIsRefused() throws IOException, InterruptedException {
        Path colon = Files.createDirectory(folder.resolve("a:b"));
        Files.copy(SCRIPT, colon.resolve("chagres"));
        Outcome o = finish(List.of(colon.resolve("chagres").toString(), "doctor"));
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains("':'").hasLineCount(1);
    }

    @Test
    void closedStreamsAreNoticed() throws IOException, InterruptedException {
        markBuilt();
        String launcher = "'" + root.resolve("chagres") + "' doctor ";
        Outcome closed = shell(launcher + ">&-");
        assertThat(closed.code()).isEqualTo(2);
        assertThat(closed.err()).isEqualTo("chagres: standard output is closed; a result could not be written\n");
        assertThat(shell(launcher + "2>&-").code()).isZero();
        assertThat(shell(launcher + "<&-").code()).isZero();
    }

    /// A signal to the launcher ends the command, whose exit code is passed on.
    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130", "HUP, 129"})
    void signalsReachTheCommand(String signal, int code) throws IOException, InterruptedException {
        markBuilt();
        executable("jdk/bin/java", "trap 'echo got " + signal + "; kill $!; exit " + code + "' " + signal
                + "; echo $$ >\"" + root + "/started\"; sleep 60 & wait");
        Process process = builder(List.of(root.resolve("chagres").toString(), "doctor")).redirectErrorStream(true)
                .start();
        long start = System.nanoTime();
        while (!Files.exists(root.resolve("started"))) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            Thread.sleep(10);
        }
        new ProcessBuilder("kill", "-s", signal, Long.toString(process.pid())).start().waitFor();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isEqualTo(code);
        assertThat(out).contains("got " + signal);
    }

    /// Standard input belongs to the command.
    @Test
    void inputReachesTheCommand() throws IOException, InterruptedException {
        markBuilt();
        executable("jdk/bin/java", "cat");
        assertThat(shell("echo hello | '" + root.resolve("chagres") + "' inspect /dev/stdin").out())
                .isEqualTo("hello\n");
    }
}
