package dev.chagres.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Advice about mapped files, which the pages of Linux give.
class FilePagesTest {
    private static final int SIZE = (8 << 20) + 100;

    @TempDir
    private Path folder;

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }

    private static byte[] content() {
        byte[] content = new byte[SIZE];
        new Random(3).nextBytes(content);
        return content;
    }

    @Test
    void valuesStayAndPagesGo() throws IOException {
        byte[] content = content();
        try (FileChannel channel = FileChannel.open(file(content)); Arena arena = Arena.ofShared()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE, arena);
            assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
            long before = resident();
            FilePages.release(mapped);
            if (before > 0) {
                assertThat(resident()).isLessThan(before - (SIZE >> 1));
            }
            FilePages.release(mapped.asSlice(5, 1000));
            assertThat(mapped.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(content);
        }
    }

    /// Bytes of files that are resident in this process; 0 where nobody tells.
    private static long resident() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("RssFile:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).sum();
    }

    @Test
    void whatCouldBeLostIsRefused() throws IOException {
        try (FileChannel channel = FileChannel.open(
                file(content()), StandardOpenOption.READ, StandardOpenOption.WRITE); Arena arena = Arena.ofShared()) {
            MemorySegment writable = channel.map(FileChannel.MapMode.PRIVATE, 0, SIZE, arena);
            MemorySegment own = arena.allocate(1 << 20).asReadOnly();
            assertThatThrownBy(() -> FilePages.release(writable)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> FilePages.release(own)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
