package dev.chagres.ffm;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A native library as a file: one that the property [NativeLibrary#PATH] names, one in the folder `lib/chagres` of the
/// runtime image, or a resource that is written to the user's cache folder once for each content.
///
/// The cache is below `XDG_CACHE_HOME`, else `~/.cache`. The usual temporary folder would do worse: it may forbid
/// executing, and others write there. Only the user reaches the folders, and a file is loaded if it holds what the
/// resource holds.
///
/// @param path the file
/// @param origin where it comes from, for messages
record LibraryFile(Path path, String origin) {
    private static final String PLATFORM = "linux-x86_64";
    /// How the build begins what it says of a library that it did not make.
    private static final String ABSENT = "absent: ";

    /// Finds a library and loads it for the classes of this module.
    ///
    /// @param name file name of the library
    /// @throws NativeLibraryException naming what was tried and why it failed
    static LibraryFile load(String name) {
        Module module = LibraryFile.class.getModule();
        if (!module.isNativeAccessEnabled()) {
            throw refusal(name, "native access is not enabled; start Java with --enable-native-access="
                    + (module.isNamed() ? module.getName() : "ALL-UNNAMED"));
        }
        LibraryFile file = find(name);
        try {
            System.load(file.path().toString());
        } catch (UnsatisfiedLinkError e) {
            throw refusal(name, file.origin() + ": " + e.getMessage());
        }
        return file;
    }

    /// Finds a library.
    ///
    /// @throws NativeLibraryException naming what was tried and why it failed
    static LibraryFile find(String name) {
        String property = System.getProperty(NativeLibrary.PATH);
        if (property != null) {
            return named(name, property);
        }
        String system = System.getProperty("os.name");
        String processor = System.getProperty("os.arch");
        if (!system.equals("Linux") || !processor.equals("amd64")) {
            throw refusal(name, "native libraries exist for Linux on x86-64, this is " + system + " on " + processor);
        }
        Path image = Path.of(System.getProperty("java.home"), "lib", "chagres", name);
        if (Files.isRegularFile(image)) {
            return new LibraryFile(image, "from the runtime image");
        }
        String resource = "META-INF/native/" + PLATFORM + "/" + name;
        URL found = LibraryFile.class.getClassLoader().getResource(resource);
        if (found == null) {
            unbuilt(name).ifPresent(reason -> {
                throw refusal(name, "it was not built: " + reason);
            });
            throw refusal(name, "the property " + NativeLibrary.PATH + " is not set, and no jar has " + resource
                    + "; put chagres-native for " + PLATFORM + " on the class path, or set the property to a folder");
        }
        Path cache = cacheFolder();
        try (InputStream in = found.openStream()) {
            return new LibraryFile(cached(cache, name, in.readAllBytes()), "from " + found);
        } catch (IOException | UnsupportedOperationException e) {
            throw refusal(name, found + " could not be written to " + cache + ": " + e
                    + "; set XDG_CACHE_HOME to a folder of this user, or " + NativeLibrary.PATH
                    + " to an unpacked one");
        }
    }

    /// @param given files and folders, as a class path has them; the first one that has the library counts
    private static LibraryFile named(String name, String given) {
        String origin = NativeLibrary.PATH + "=" + given;
        List<Path> candidates = Stream.of(given.split(File.pathSeparator)).map(Path::of)
                .map(part -> Files.isDirectory(part) ? part.resolve(name) : part).toList();
        return candidates.stream().filter(Files::isRegularFile).findFirst()
                .map(file -> new LibraryFile(file.toAbsolutePath(), origin))
                .orElseThrow(() -> refusal(name, origin + ": there is no file " + candidates.stream()
                        .map(Path::toString).collect(Collectors.joining(" or "))
                        + unbuilt(name).map(reason -> "; it was not built: " + reason).orElse("")));
    }

    /// What the build of the jars on the class path says about a library that it did not make.
    private static Optional<String> unbuilt(String name) {
        try (InputStream in = LibraryFile.class.getResourceAsStream("/META-INF/native/native.properties")) {
            Properties facts = new Properties();
            if (in != null) {
                facts.load(in);
            }
            String state = facts.getProperty(name.replaceAll("libchagres_|\\.so", ""), "");
            return state.startsWith(ABSENT) ? Optional.of(state.substring(ABSENT.length())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty(); // the build tells nothing
        }
    }

    private static Path cacheFolder() {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path base = configured != null && !configured.isEmpty() ? Path.of(configured)
                : Path.of(System.getProperty("user.home"), ".cache");
        return base.toAbsolutePath().resolve("chagres").resolve("native");
    }

    /// The file with this content in the cache, written if it is not there. Processes may do this at the same time.
    ///
    /// @throws IOException if it cannot be written
    static Path cached(Path cache, String name, byte[] content) throws IOException {
        Path folder = cache.resolve(sha256(content));
        var privately = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(cache.getParent());
        for (Path part : new Path[] {cache, folder}) {
            Files.createDirectories(part, PosixFilePermissions.asFileAttribute(privately));
            Files.setPosixFilePermissions(part, privately);
        }
        Path file = folder.resolve(name);
        if (Files.isRegularFile(file) && sha256(Files.readAllBytes(file)).equals(sha256(content))) {
            return file;
        }
        Path written = Files.createTempFile(folder, name, ".part", PosixFilePermissions.asFileAttribute(privately));
        try {
            Files.write(written, content);
            Files.move(written, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(written);
        }
        return file;
    }

    static NativeLibraryException refusal(String name, String reason) {
        return new NativeLibraryException(name + " was not loaded: " + reason);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
