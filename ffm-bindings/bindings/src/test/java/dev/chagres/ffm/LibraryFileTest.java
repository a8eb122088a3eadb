package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFileTest {
    private static final byte[] CONTENT = {1, 2, 3};

    @TempDir
    private Path folder;

    @Test
    void aFileIsWrittenOnceForItsContentAndForItsUserAlone() throws IOException {
        Path cache = folder.resolve("a/b");
        Path file = LibraryFile.cached(cache, "lib.so", CONTENT);
        Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
        for (Path part : new Path[] {cache, file.getParent(), file}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(part))).as(part.toString())
                    .isEqualTo("rwx------");
        }
        assertThat(LibraryFile.cached(cache, "lib.so", CONTENT)).isEqualTo(file);
        assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey())
                .isEqualTo(key);
        assertThat(LibraryFile.cached(cache, "lib.so", new byte[] {4})).isNotEqualTo(file);
        try (Stream<Path> left = Files.list(file.getParent())) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void aFileThatHoldsSomethingElseIsWrittenAnew() throws IOException {
        Path file = LibraryFile.cached(folder, "lib.so", CONTENT);
        Files.write(file, new byte[] {9});
        assertThat(Files.readAllBytes(LibraryFile.cached(folder, "lib.so", CONTENT))).isEqualTo(CONTENT);
    }
}
