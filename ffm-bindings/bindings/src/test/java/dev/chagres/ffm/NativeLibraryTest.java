package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.ffm.NativeLibrary.Kind;
import dev.chagres.ffm.generated.cuda.ChagresCuda;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How libraries are found and refused. A process has one library, so each case is a process.
class NativeLibraryTest {
    private static final String ACCESS = "--enable-native-access=ALL-UNNAMED";

    @TempDir
    private Path folder;

    /// Lines that a probe prints.
    private List<String> probe(List<String> flags, List<Path> roots, String... kinds)
            throws IOException, InterruptedException {
        List<String> path = new ArrayList<>(List.of("target/classes", "target/test-classes"));
        roots.forEach(root -> path.add(root.toString()));
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        List<String> command = new ArrayList<>(List.of(java.toString(), "-XX:TieredStopAtLevel=1", "-cp",
                String.join(":", path)));
        command.addAll(flags);
        command.add(LibraryProbe.class.getName());
        command.addAll(List.of(kinds));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("XDG_CACHE_HOME", folder.resolve("cache").toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes());
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }

    private List<String> probeFile(Path path, String... kinds) throws IOException, InterruptedException {
        return probe(List.of(ACCESS, "-D" + NativeLibrary.PATH + "=" + path), List.of(), kinds);
    }

    @Test
    void aNamedPathThatIsAbsentIsSaid() throws IOException, InterruptedException {
        Path absent = folder.resolve("absent");
        assertThat(probeFile(absent, "HOST")).containsExactly("refused: libchagres_host.so was not loaded: "
                + "chagres.native.path=" + absent + ": there is no file " + absent);
        assertThat(probeFile(folder, "CUDA")).containsExactly("refused: libchagres_cuda.so was not loaded: "
                + "chagres.native.path=" + folder + ": there is no file " + folder.resolve("libchagres_cuda.so"));
    }

    @Test
    void theFirstFolderThatHasTheLibraryCounts() throws IOException, InterruptedException {
        NativeBuildFacts.needHost();
        Path there = NativeBuildFacts.file(Kind.HOST).toAbsolutePath().getParent();
        String list = folder + File.pathSeparator + there;
        List<String> lines = probe(List.of(ACCESS, "-D" + NativeLibrary.PATH + "=" + list), List.of(), "HOST");
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).contains("round trip right, chagres.native.path=" + list + ", " + there);
        String absent = folder + File.pathSeparator + folder.resolve("other");
        assertThat(probe(List.of(ACCESS, "-D" + NativeLibrary.PATH + "=" + absent), List.of(), "HOST"))
                .containsExactly("refused: libchagres_host.so was not loaded: chagres.native.path=" + absent
                        + ": there is no file " + folder.resolve("libchagres_host.so") + " or "
                        + folder.resolve("other"));
    }

    @Test
    void whatTheBuildDidNotMakeIsSaid() throws IOException, InterruptedException {
        Path facts = Files.createDirectories(folder.resolve("facts/META-INF/native"));
        Files.writeString(facts.resolve("native.properties"), "host=absent: g++ was not found\n");
        assertThat(probe(List.of(ACCESS), List.of(folder.resolve("facts")), "HOST")).containsExactly(
                "refused: libchagres_host.so was not loaded: it was not built: g++ was not found");
        assertThat(probe(List.of(ACCESS, "-D" + NativeLibrary.PATH + "=" + folder), List.of(folder.resolve("facts")),
                "HOST")).containsExactly("refused: libchagres_host.so was not loaded: chagres.native.path=" + folder
                        + ": there is no file " + folder.resolve("libchagres_host.so")
                        + "; it was not built: g++ was not found");
    }

    @Test
    void withoutALibraryTheLineSaysHowToGetOne() throws IOException, InterruptedException {
        List<String> lines = probe(List.of(ACCESS), List.of(), "HOST");
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).startsWith("refused: libchagres_host.so was not loaded: ")
                .containsAnyOf("the property chagres.native.path is not set, and no jar has "
                        + "META-INF/native/linux-x86_64/libchagres_host.so", "native libraries exist for Linux");
    }

    @Test
    void withoutNativeAccessTheLineNamesTheOption() throws IOException, InterruptedException {
        List<String> denied = List.of("--enable-native-access=java.base", "--illegal-native-access=deny");
        assertThat(probe(denied, List.of(), "HOST"))
                .containsExactly("refused: libchagres_host.so was not loaded: native access is not enabled; start Java "
                        + "with --enable-native-access=ALL-UNNAMED");
    }

    @Test
    void whatIsNoLibraryIsRefusedWithTheReasonOfTheLoader() throws IOException, InterruptedException {
        Path text = Files.writeString(folder.resolve("libchagres_host.so"), "no library");
        // The virtual machine warns about such a file on lines of its own.
        assertThat(probeFile(folder, "HOST").getLast()).startsWith("refused: libchagres_host.so was not loaded: "
                + "chagres.native.path=" + folder + ": " + text);
    }

    @Test
    void aLibraryOfOthersIsRefused() throws IOException, InterruptedException {
        Path other = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("zip"));
        assertThat(probeFile(other, "HOST")).containsExactly("refused: libchagres_host.so was not loaded: "
                + "chagres.native.path=" + other + ": it has no chg_abi_version, so it is not ours");
    }

    @Test
    void aLibraryWithoutAFunctionIsRefusedBeforeAnyIsCalled() throws IOException, InterruptedException {
        NativeBuildFacts.needHost();
        Path incomplete = NativeBuildFacts.target().resolve("cmake/libchagres_incomplete.so").toAbsolutePath();
        List<String> functions = new ArrayList<>(NativeLibrary.functions());
        functions.remove("chg_abi_version");
        assertThat(probeFile(incomplete, "HOST")).containsExactly("refused: libchagres_host.so was not loaded: "
                + "chagres.native.path=" + incomplete + ": it lacks " + String.join(", ", functions));
    }

    @Test
    void anotherAbiVersionIsRefusedForGood() throws IOException, InterruptedException {
        NativeBuildFacts.needHost();
        Path wrong = NativeBuildFacts.target().resolve("cmake/libchagres_wrong_abi.so").toAbsolutePath();
        int needed = ChagresCuda.CHG_ABI_VERSION();
        String line = "refused: libchagres_host.so was not loaded: chagres.native.path=" + wrong + ": its ABI is version "
                + (needed + 1) + ", this program needs version " + needed + "; take both from one release";
        assertThat(probeFile(wrong, "HOST", "HOST")).containsExactly(line, line);
    }

    @Test
    void theHostLibraryComesFromAJarThroughTheCache() throws IOException, InterruptedException {
        NativeBuildFacts.needHost();
        Path root = NativeBuildFacts.root(Kind.HOST);
        for (int i = 0; i < 2; i++) {
            List<String> lines = probe(List.of(ACCESS), List.of(root), "HOST");
            assertThat(lines).hasSize(1);
            assertThat(lines.getFirst()).startsWith("devices: 1, emulated, round trip right, from file:")
                    .contains(", " + folder.resolve("cache/chagres/native"));
        }
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            assertThat(files.filter(Files::isRegularFile)).singleElement().satisfies(
                    file -> assertThat(file).hasSameBinaryContentAs(NativeBuildFacts.file(Kind.HOST)));
        }
    }

    @Test
    void aCacheThatCannotBeWrittenIsSaid() throws IOException, InterruptedException {
        NativeBuildFacts.needHost();
        Files.writeString(folder.resolve("cache"), "a file where the folder should be");
        List<String> lines = probe(List.of(ACCESS), List.of(NativeBuildFacts.root(Kind.HOST)), "HOST");
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).startsWith("refused: libchagres_host.so was not loaded: file:")
                .contains("could not be written to " + folder.resolve("cache"))
                .endsWith("set XDG_CACHE_HOME to a folder of this user, or chagres.native.path to an unpacked one");
    }

    @Test
    void aProcessHasOneLibrary() throws IOException, InterruptedException {
        NativeBuildFacts.needHost();
        List<String> lines = probe(List.of(ACCESS), List.of(NativeBuildFacts.root(Kind.HOST)), "HOST", "CUDA", "HOST");
        assertThat(lines).hasSize(3);
        assertThat(lines.get(1)).startsWith("refused: libchagres_cuda.so was not loaded: this process has "
                + "libchagres_host.so");
        assertThat(lines.get(2)).isEqualTo(lines.get(0)).contains("round trip right");
    }

    /// Without a driver the library loads and says so; with one, bytes go to the device and back.
    @Test
    void theCudaLibrarySaysWhatIsMissing() throws IOException, InterruptedException {
        NativeBuildFacts.needCuda();
        List<String> lines = probeFile(NativeBuildFacts.file(Kind.CUDA).toAbsolutePath(), "CUDA");
        assertThat(lines).hasSize(1);
        if (Files.exists(Path.of("/dev/nvidia0"))) {
            assertThat(lines.getFirst()).startsWith("devices: ").contains("round trip right");
        } else {
            assertThat(lines.getFirst()).isEqualTo("NO_DEVICE: chg_device_count: no NVIDIA driver: libcuda.so.1 was "
                    + "not found (status 35)");
        }
    }
}
