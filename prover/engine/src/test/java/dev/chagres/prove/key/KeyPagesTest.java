package dev.chagres.prove.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.prove.data.HostTensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyPagesTest {
    private static final int COLUMN = 4 << 20;
    private static final int COLUMNS = 30;

    @TempDir
    private Path folder;

    @Test
    void sparedPagesKeepTheirValuesAndDoNotAddUp() throws IOException {
        byte[] content = new byte[COLUMNS * COLUMN];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i >> 12);
        }
        try (FileChannel channel = FileChannel.open(Files.write(folder.resolve("key"), content));
                Arena arena = Arena.ofShared()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, content.length, arena);
            List<HostTensor> columns = new ArrayList<>();
            for (int i = 0; i < COLUMNS; i++) {
                columns.add(new HostTensor(mapped.asSlice((long) i * COLUMN, COLUMN), 8));
            }
            KeyPages pages = new KeyPages(mapped, columns);
            assertThat(pages.sparedBytes()).isLessThan(content.length).isGreaterThan(COLUMN);
            long before = resident();
            read(pages, columns, content);
            long kept = resident() - before;
            pages.spare(true);
            read(pages, columns, content);
            long spared = resident() - before;
            if (before > 0) {
                assertThat(kept).isGreaterThan(content.length / 2);
                assertThat(spared).isLessThan(pages.sparedBytes());
            }
        }
    }

    private static void read(KeyPages pages, List<HostTensor> columns, byte[] content) {
        for (int c = 0; c < COLUMNS; c++) {
            HostTensor column = pages.use(columns.get(c));
            for (int i = 0; i < COLUMN; i += 512) {
                if (column.get(i) != content[c * COLUMN + i]) {
                    throw new AssertionError("column " + c + ", value " + i);
                }
            }
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
}
