import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Builds the native libraries with CMake, where the tools are there, and says in one line what was built, what was
/// not, and why. Maven runs it from source:
///
/// `java build/NativeBuild.java build|test auto|off|require BASE TARGET [COMMIT]`
///
/// `auto` goes on without what cannot be built, `off` builds nothing, `require` fails without the host library; the
/// CUDA library is optional always. A tool that is there and fails stops the build. Nothing runs when no source and no
/// tool has changed. `test` runs the C tests of what was built.
public final class NativeBuild {
    private static final String PLATFORM = "linux-x86_64";
    private static final String REMEDY = "install cmake 3.25, g++ 11 and make (Debian: apt-get install cmake g++ make)"
            + ", or build with -Dchagres.native=off";

    /// A program that was found, and its version.
    private record Tool(Path path, String version) {
        int major() {
            return Integer.parseInt(version.substring(0, version.indexOf('.')));
        }
    }

    /// Why something is not built.
    private static final class Absent extends Exception {
        private static final long serialVersionUID = 1;

        Absent(String reason) {
            super(reason);
        }
    }

    /// Everything the host library needs.
    private record HostTools(Tool cmake, Tool gxx, Path gcc, String generator) {}

    private final String mode;
    private final Path base;
    private final Path target;
    private final String commit;
    private final Path cmakeFolder;
    private final Path stamp;
    private final Path log;

    private NativeBuild(String mode, Path base, Path target, String commit) {
        this.mode = mode;
        this.base = base;
        this.target = target;
        this.commit = commit;
        cmakeFolder = target.resolve("cmake");
        stamp = target.resolve("native.stamp");
        log = target.resolve("native.log");
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        if (args.length < 4 || args.length > 5 || !List.of("build", "test").contains(args[0])) {
            throw new IllegalArgumentException("give: build or test, the mode, the folder of the module,"
                    + " its target folder");
        }
        if (!List.of("auto", "off", "require").contains(args[1])) {
            fail("unknown mode '" + args[1] + "'; use -Dchagres.native=auto, off or require");
        }
        String commit = args.length > 4 ? args[4] : "";
        NativeBuild build = new NativeBuild(args[1], Path.of(args[2]), Path.of(args[3]), commit);
        if (args[0].equals("build")) {
            build.build();
        } else {
            build.test();
        }
    }

    private void build() throws IOException, InterruptedException {
        Files.createDirectories(target);
        Map<String, String> facts = new TreeMap<>();
        Path header = base.resolve("include/chagres_cuda.h");
        Path kernels = base.resolve("include/chagres_kernels.h");
        facts.put("abi", match("CHG_ABI_VERSION = (\\d+)", Files.readString(header)).orElseThrow());
        facts.put("header.sha256", sha256(List.of(header)));
        facts.put("kernels.abi", match("CHK_ABI_VERSION = (\\d+)", Files.readString(kernels)).orElseThrow());
        facts.put("kernels.header.sha256", sha256(List.of(kernels)));
        facts.put("platform", PLATFORM);
        if (!commit.isEmpty()) {
            facts.put("commit", commit);
        }
        HostTools host = null;
        try {
            host = hostTools();
        } catch (Absent reason) {
            if (mode.equals("require")) {
                fail("libchagres_host.so cannot be built: " + reason.getMessage() + "; " + REMEDY);
            }
            remove();
            facts.put("host", "absent: " + reason.getMessage());
            facts.put("embed", "absent: " + reason.getMessage());
            facts.put("kernels", "absent: " + reason.getMessage());
            facts.put("cuda", "absent: " + reason.getMessage());
            write(facts);
            say(mode.equals("off") ? "nothing built, " + reason.getMessage()
                    : "nothing built: " + reason.getMessage() + "; pure Java goes on (" + REMEDY + ")");
            return;
        }
        Tool nvcc = null;
        facts.put("host", "built");
        facts.put("embed", "built");
        facts.put("host.compiler", "g++ " + host.gxx.version);
        facts.put("host.targets", "x86-64-v2");
        facts.put("kernels", "built");
        facts.put("kernels.targets", "avx2,avx512");
        try {
            nvcc = nvcc();
            facts.put("cuda", "built");
            facts.put("cuda.compiler", "nvcc " + nvcc.version + ", g++ " + host.gxx.version);
            facts.put("cuda.targets", "sm_80,sm_90,sm_100+ptx80");
        } catch (Absent reason) {
            facts.put("cuda", "absent: " + reason.getMessage());
        }
        boolean unchanged = compile(host, nvcc);
        write(facts);
        say("libchagres.so, libchagres_kernels.so and libchagres_host.so (g++ " + host.gxx.version + ") "
                + (nvcc == null ? "built; " : "and libchagres_cuda.so (nvcc " + nvcc.version + ", "
                        + facts.get("cuda.targets") + ") built")
                + (nvcc == null ? "libchagres_cuda.so, which is optional, not: "
                        + facts.get("cuda").substring("absent: ".length()) : "")
                + (unchanged ? " (unchanged)" : ""));
    }

    /// Runs CMake unless nothing has changed; whether that was so.
    private boolean compile(HostTools host, Tool nvcc) throws IOException, InterruptedException {
        String tools = host + " " + nvcc;
        String now = tools + "\n" + mode + " " + sha256(sources()) + "\n";
        List<Path> outputs = new ArrayList<>(List.of(library("host", "libchagres_host.so"),
                library("host", "libchagres_kernels.so"), library("embed", "libchagres.so")));
        if (nvcc != null) {
            outputs.add(library("cuda", "libchagres_cuda.so"));
        }
        String before = Files.exists(stamp) ? Files.readString(stamp) : "";
        if (now.equals(before) && outputs.stream().allMatch(Files::exists)) {
            return true;
        }
        Files.deleteIfExists(stamp);
        Files.deleteIfExists(log);
        if (!before.startsWith(tools + "\n")) {
            delete(cmakeFolder);
        }
        deleteLibraries();
        List<String> configure = new ArrayList<>(List.of(host.cmake.path.toString(), "-S", base.toString(), "-B",
                cmakeFolder.toString(), "-G", host.generator, "-DCMAKE_CXX_COMPILER=" + host.gxx.path,
                "-DCMAKE_C_COMPILER=" + host.gcc, "-DCHAGRES_CUDA=" + (nvcc == null ? "OFF" : "ON"),
                "-DCHAGRES_WERROR=" + (mode.equals("require") ? "ON" : "OFF")));
        if (nvcc != null) {
            configure.add("-DCMAKE_CUDA_COMPILER=" + nvcc.path);
        }
        logged(configure);
        logged(List.of(host.cmake.path.toString(), "--build", cmakeFolder.toString(), "--parallel",
                String.valueOf(Runtime.getRuntime().availableProcessors())));
        for (Path output : outputs) {
            Files.createDirectories(output.getParent());
            Files.copy(cmakeFolder.resolve(output.getFileName().toString()), output,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        Files.copy(base.resolve("include/chagres.h"), target.resolve("embed/META-INF/native/chagres.h"));
        Files.writeString(stamp, now);
        return false;
    }

    private void test() throws IOException, InterruptedException {
        if (!Files.exists(stamp)) {
            say("C tests skipped, nothing is built");
            return;
        }
        Path ctest = find("ctest").orElseThrow(() -> new IOException("cmake is there and ctest is not"));
        logged(List.of(ctest.toString(), "--test-dir", cmakeFolder.toString(), "--output-on-failure",
                "--no-tests=error"));
    }

    private HostTools hostTools() throws Absent, IOException, InterruptedException {
        if (mode.equals("off")) {
            throw new Absent("-Dchagres.native=off");
        }
        String system = System.getProperty("os.name");
        String processor = System.getProperty("os.arch");
        if (!system.equals("Linux") || !processor.equals("amd64")) {
            throw new Absent("native libraries exist for Linux on x86-64, this is " + system + " on " + processor);
        }
        Tool cmake = tool("cmake", "version (\\d+\\.\\d+[.\\d]*)");
        if (cmake.major() < 3 || cmake.version.matches("3\\.(\\d|1\\d|2[0-4])(\\..*)?")) {
            throw new Absent("cmake is " + cmake.version + ", older than 3.25");
        }
        Tool gxx = tool("g++", "\\) (\\d+\\.\\d+[.\\d]*)");
        if (gxx.major() < 11) {
            throw new Absent("g++ is " + gxx.version + ", older than 11");
        }
        Path gcc = find("gcc").orElseThrow(() -> new Absent("gcc was not found"));
        boolean ninja = find("ninja").isPresent();
        if (!ninja && find("make").isEmpty()) {
            throw new Absent("neither ninja nor make was found");
        }
        return new HostTools(cmake, gxx, gcc, ninja ? "Ninja" : "Unix Makefiles");
    }

    private static Tool nvcc() throws Absent, IOException, InterruptedException {
        Tool nvcc = tool("nvcc", "release \\d+\\.\\d+, V(\\d+\\.\\d+[.\\d]*)");
        if (nvcc.major() < 13) {
            throw new Absent("nvcc is " + nvcc.version + ", older than 13");
        }
        return nvcc;
    }

    private static Tool tool(String name, String version) throws Absent, IOException, InterruptedException {
        Path path = find(name).orElseThrow(() -> new Absent(name + " was not found"));
        Process process = new ProcessBuilder(path.toString(), "--version").redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new Absent(path + " --version fails");
        }
        return new Tool(path, match(version, output)
                .orElseThrow(() -> new Absent(path + " --version says no version")));
    }

    private static Optional<Path> find(String name) {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(":")).filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
    }

    private static Optional<String> match(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /// Runs a command, its output into the log; the log is shown when it fails.
    private void logged(List<String> command) throws IOException, InterruptedException {
        int code = new ProcessBuilder(command).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start().waitFor();
        if (code != 0) {
            System.err.print(Files.readString(log));
            fail(String.join(" ", command) + " failed with " + code + ", see above and " + log
                    + "; -Dchagres.native=off builds without native libraries");
        }
    }

    /// A library in the folder of the jar that it goes into.
    private Path library(String jar, String file) {
        return target.resolve(jar).resolve("META-INF/native").resolve(PLATFORM).resolve(file);
    }

    private List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>(List.of(base.resolve("CMakeLists.txt"), base.resolve("simd.cmake"),
                base.resolve("embed.cmake"), base.resolve("pom.xml")));
        for (String folder : List.of("include", "src", "test", "examples", "build")) {
            try (Stream<Path> found = Files.walk(base.resolve(folder))) {
                found.filter(Files::isRegularFile).sorted().forEach(files::add);
            }
        }
        return files;
    }

    /// Of contents, one after the other; of several files with their names and lengths.
    private static String sha256(List<Path> files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                byte[] bytes = Files.readAllBytes(file);
                if (files.size() > 1) {
                    digest.update((file + " " + bytes.length + "\n").getBytes(StandardCharsets.UTF_8));
                }
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// What was built is written down beside it; a file that would not change is left alone.
    private void write(Map<String, String> facts) throws IOException {
        Path folder = target.resolve("classes/META-INF/native");
        Files.createDirectories(folder);
        StringBuilder text = new StringBuilder();
        facts.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
        Path properties = folder.resolve("native.properties");
        if (!Files.exists(properties) || !Files.readString(properties).contentEquals(text)) {
            Files.writeString(properties, text);
        }
        for (String header : List.of("chagres_cuda.h", "chagres_kernels.h")) {
            Files.copy(base.resolve("include").resolve(header), folder.resolve(header),
                    StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private void remove() throws IOException {
        Files.deleteIfExists(stamp);
        deleteLibraries();
    }

    /// Libraries of an earlier build are not those of this one, nor are its jars.
    private void deleteLibraries() throws IOException {
        delete(target.resolve("host"));
        delete(target.resolve("cuda"));
        delete(target.resolve("embed"));
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "*-" + PLATFORM + "*.jar")) {
            for (Path jar : jars) {
                Files.delete(jar);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static void say(String line) {
        System.out.println("native: " + line);
    }

    private static void fail(String line) {
        System.err.println("native: " + line);
        System.exit(1);
    }
}
