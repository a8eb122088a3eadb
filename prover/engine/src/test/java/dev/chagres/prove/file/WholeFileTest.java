package dev.chagres.prove.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    private Path folder;

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void theTargetAppearsWithTheCommitAndReplacesWhatWasThere() throws IOException {
        Path target = folder.resolve("a");
        Files.writeString(target, "before");
        try (WholeFile file = WholeFile.create(target)) {
            file.channel().write(ByteBuffer.wrap(new byte[] {'x', 'y'}));
            assertThat(target).hasContent("before");
            file.commit();
        }
        assertThat(target).hasContent("xy");
        assertThat(names()).containsExactly("a");
    }

    @Test
    void withoutACommitNothingIsLeft() throws IOException {
        Path target = folder.resolve("a");
        try (WholeFile file = WholeFile.create(target)) {
            file.channel().write(ByteBuffer.wrap(new byte[100]));
        }
        assertThat(names()).isEmpty();
    }

    @Test
    void onlyFilesThatNobodyWritesAreStale() throws IOException {
        Path target = folder.resolve("a.proof");
        Files.writeString(folder.resolve("a.proof.0123456789abcdef.part"), "left behind");
        Files.writeString(folder.resolve("b.proof.0123456789abcdef.part"), "left behind");
        Files.writeString(folder.resolve("notes.part"), "mine");
        try (WholeFile file = WholeFile.create(target)) {
            WholeFile.removeStale(target);
            assertThat(names()).hasSize(3).contains("b.proof.0123456789abcdef.part", "notes.part");
            assertThat(WholeFile.removeStale(folder, name -> name.endsWith(".proof"))).isOne();
            file.channel().write(ByteBuffer.wrap(new byte[] {'x'}));
            file.commit();
        }
        assertThat(names()).containsExactly("a.proof", "notes.part");
        assertThat(target).hasContent("x");
    }

    @Test
    void aFileThatIsBeingWrittenIsKnownToOthers() throws IOException {
        Path target = folder.resolve("a.proof");
        Files.writeString(folder.resolve("a.proof.0123456789abcdef.part"), "left behind");
        assertThat(WholeFile.isBeingWritten(target)).isFalse();
        try (WholeFile file = WholeFile.create(target)) {
            assertThat(WholeFile.isBeingWritten(target)).isTrue();
            assertThat(WholeFile.isBeingWritten(folder.resolve("b.proof"))).isFalse();
            file.write(new byte[] {'x'});
            file.write(new byte[] {'y'});
            file.commit();
        }
        assertThat(WholeFile.isBeingWritten(target)).isFalse();
        assertThat(target).hasContent("xy");
    }

    @Test
    void whatCannotBecomeAFileIsRefusedBeforeAnythingIsWritten() throws IOException {
        assertThatThrownBy(() -> WholeFile.create(folder.resolve("no/such"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> WholeFile.create(folder)).isInstanceOf(FileSystemException.class).hasMessageContaining("is not a file");
        assertThatThrownBy(() -> WholeFile.write(Path.of("/dev/null"), new byte[1])).isInstanceOf(FileSystemException.class);
        assertThat(names()).isEmpty();
    }
}
