import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/// Makes the folder that a native program needs besides itself: a Java runtime with the modules that the engine uses,
/// the jars of the engine, libchagres.so and libchagres_kernels.so in `lib/chagres`, the header in `include`. Maven
/// runs it from source:
///
/// `java build/RuntimeImage.java auto|off|require NATIVE OUT CLASSPATH`
///
/// NATIVE is the folder of the native module, built before; CLASSPATH are jars, or folders of classes that become jars.
/// It prints one line: the folder and its size. Without the library, or where the JDK cannot make a runtime, there is
/// no image and the line says why; `require` fails then. Nothing is done when nothing has changed.
public final class RuntimeImage {
    /// What `jdeps --print-module-deps` finds in the jars, and the vector kernels.
    private static final String MODULES = "java.base,java.logging,jdk.jfr,jdk.incubator.vector";

    private final Path nativeFolder;
    private final Path out;
    private final List<Path> classPath;
    private final List<Path> libraries;

    private RuntimeImage(Path nativeFolder, Path out, List<Path> classPath) {
        this.nativeFolder = nativeFolder;
        this.out = out;
        this.classPath = classPath;
        libraries = List.of(nativeFolder.resolve("target/embed/META-INF/native/linux-x86_64/libchagres.so"),
                nativeFolder.resolve("target/host/META-INF/native/linux-x86_64/libchagres_kernels.so"));
    }

    public static void main(String[] args) throws IOException {
        if (args.length != 4) {
            throw new IllegalArgumentException("give: the mode, the native folder, the image, the class path");
        }
        List<Path> classPath = Stream.of(args[3].split(":")).map(Path::of).toList();
        RuntimeImage image = new RuntimeImage(Path.of(args[1]).normalize(), Path.of(args[2]), classPath);
        if (args[0].equals("off") || !args[0].equals("require") && !Files.exists(image.libraries.getFirst())) {
            System.out.println("runtime image: none, libchagres.so is not built");
            return;
        }
        try {
            image.make();
        } catch (ToolFailure e) {
            if (args[0].equals("require")) {
                throw e;
            }
            delete(image.out);
            System.out.println("runtime image: none, " + e.getMessage());
        }
    }

    /// A tool of the JDK is missing or has failed.
    private static final class ToolFailure extends IOException {
        private static final long serialVersionUID = 1;

        ToolFailure(String message) {
            super(message);
        }
    }

    private void make() throws IOException {
        Path stamp = out.resolveSibling(out.getFileName() + ".stamp");
        String now = inputs();
        boolean unchanged = Files.exists(stamp) && Files.exists(out) && Files.readString(stamp).equals(now);
        if (!unchanged) {
            Files.deleteIfExists(stamp);
            delete(out);
            Files.createDirectories(out.toAbsolutePath().getParent());
            run("jlink", "--add-modules", MODULES, "--strip-debug", "--no-header-files", "--no-man-pages",
                    "--compress=zip-6", "--output", out.toString());
            Path home = Files.createDirectories(out.resolve("lib/chagres"));
            for (Path entry : classPath) {
                addJar(entry, home);
            }
            for (Path library : libraries) {
                copy(library, home.resolve(library.getFileName()));
            }
            copy(nativeFolder.resolve("include/chagres.h"), out.resolve("include/chagres.h"));
            copy(nativeFolder.resolve("../LICENSE"), out.resolve("legal/chagres/LICENSE"));
            Files.writeString(stamp, now);
        }
        System.out.println("runtime image: " + out + ", " + (size() >> 20) + " MiB"
                + (unchanged ? " (unchanged)" : ""));
    }

    private static void addJar(Path entry, Path home) throws IOException {
        if (Files.isDirectory(entry)) { // MODULE/target/classes
            Path module = entry.toAbsolutePath().normalize().getParent().getParent();
            run("jar", "--create", "--file", home.resolve("chagres-" + module.getFileName() + ".jar").toString(), "-C",
                    entry.toString(), ".");
        } else {
            copy(entry, home.resolve(entry.getFileName()));
        }
    }

    /// Names, sizes and times of everything that the image is made of, and of the JDK.
    private String inputs() throws IOException {
        List<Path> files = new ArrayList<>(libraries);
        files.add(nativeFolder.resolve("include/chagres.h"));
        files.add(nativeFolder.resolve("build/RuntimeImage.java"));
        for (Path entry : classPath) {
            try (Stream<Path> found = Files.walk(entry)) {
                found.filter(Files::isRegularFile).sorted().forEach(files::add);
            }
        }
        StringBuilder text = new StringBuilder(System.getProperty("java.home") + " " + Runtime.version() + "\n");
        for (Path file : files) {
            text.append(file).append(' ').append(Files.size(file)).append(' ')
                    .append(Files.getLastModifiedTime(file)).append('\n');
        }
        return text.toString();
    }

    private static void run(String name, String... arguments) throws IOException {
        ToolProvider tool = ToolProvider.findFirst(name).orElseThrow(() -> new ToolFailure(
                "the JDK in " + System.getProperty("java.home") + " has no " + name + "; use a complete JDK"));
        StringWriter said = new StringWriter();
        PrintWriter to = new PrintWriter(said);
        if (tool.run(to, to, arguments) != 0) {
            throw new ToolFailure(name + " " + String.join(" ", arguments) + " failed: " + said.toString().strip());
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
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

    private long size() throws IOException {
        try (Stream<Path> files = Files.walk(out)) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
