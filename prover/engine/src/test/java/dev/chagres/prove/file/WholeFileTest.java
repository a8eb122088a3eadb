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
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
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
    void whoeverWritesTheSameFileIsKnown() throws IOException {
        Path target = folder.resolve("a.proof");
        Files.writeString(folder.resolve("a.proof.0123456789abcdef.part"), "left behind");
        try (WholeFile file = WholeFile.create(target)) {
            assertThat(file.contested()).isFalse();
            try (WholeFile other = WholeFile.create(target);
                    WholeFile another = WholeFile.create(folder.resolve("b.proof"))) {
                assertThat(file.contested()).isTrue();
                assertThat(other.contested()).isTrue();
                assertThat(another.contested()).isFalse();
            }
            assertThat(file.contested()).isFalse();
            file.write(new byte[] {'x'});
            file.write(new byte[] {'y'});
            file.commit();
        }
        assertThat(target).hasContent("xy");
    }

    @Test
    void whatCannotBecomeAFileIsRefusedBeforeAnythingIsWritten() throws IOException {
        assertThatThrownBy(() -> WholeFile.create(folder.resolve("no/such"))).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> WholeFile.create(folder)).isInstanceOf(FileSystemException.class)
                .hasMessageContaining("is not a file");
        assertThatThrownBy(() -> WholeFile.write(Path.of("/dev/null"), new byte[1]))
                .isInstanceOf(FileSystemException.class);
        assertThat(names()).isEmpty();
    }

    @Test
    void namesAsLongAsNamesCanBe() throws IOException {
        for (String name : List.of("a".repeat(240), "a".repeat(255), "\u00e9".repeat(127), "\ud83d\ude00".repeat(63))) {
            Path target = folder.resolve(name);
            Files.writeString(folder.resolve(name.substring(0, 60) + ".0123456789abcdef.part"), "another file's");
            try (WholeFile file = WholeFile.create(target)) {
                file.write(new byte[] {'x'});
                file.commit();
            }
            assertThat(target).hasContent("x");
            WholeFile.removeStale(target);
            Files.delete(target);
        }
        assertThatThrownBy(() -> WholeFile.create(folder.resolve("a".repeat(256))))
                .isInstanceOf(FileSystemException.class).hasMessageContaining("name too long");
        assertThatThrownBy(() -> WholeFile.check(folder.resolve("a".repeat(256))))
                .isInstanceOf(FileSystemException.class);
        assertThat(names()).hasSize(3).allMatch(name -> name.endsWith(".part"));
    }

    @Test
    void aKilledProcessLeavesNothingOfALongName() throws IOException {
        Path target = folder.resolve("a".repeat(250));
        try (WholeFile file = WholeFile.create(target)) {
            Path temporary = folder.resolve(names().getFirst());
            Path dead = folder.resolve(temporary.getFileName().toString()
                    .replaceFirst("[0-9a-f]{16}\\.part", "0123456789abcdef.part"));
            Files.writeString(dead, "left behind");
            WholeFile.removeStale(target);
            assertThat(names()).containsExactly(temporary.getFileName().toString());
            assertThat(file.channel().isOpen()).isTrue();
        }
    }

    /// The link stays and what it points to is replaced, where that is.
    @Test
    void linksAreFollowed() throws IOException {
        Path there = Files.createDirectory(folder.resolve("there"));
        Path target = there.resolve("a");
        Files.writeString(target, "before");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("there/a"));
        Path second = Files.createSymbolicLink(folder.resolve("second"), link);
        Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), there.resolve("new"));
        Files.writeString(there.resolve("a.0123456789abcdef.part"), "left behind");
        WholeFile.removeStale(second);
        WholeFile.write(second, new byte[] {'x'});
        WholeFile.write(dangling, new byte[] {'y'});
        assertThat(target).hasContent("x");
        assertThat(there.resolve("new")).hasContent("y");
        assertThat(names()).containsExactly("dangling", "link", "second", "there");
        assertThat(Files.isSymbolicLink(link) && Files.isSymbolicLink(second)
                && Files.isSymbolicLink(dangling)).isTrue();
        try (var files = Files.list(there)) {
            assertThat(files).hasSize(2);
        }
        Path loop = Files.createSymbolicLink(folder.resolve("loop"), Path.of("loop"));
        assertThatThrownBy(() -> WholeFile.create(loop))
                .isInstanceOf(FileSystemException.class).hasMessageContaining("loop");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFolderThatTakesNoFilesIsNamedBeforeTheWork() {
        assertThatThrownBy(() -> WholeFile.create(Path.of("/proc/x"))).isInstanceOf(FileSystemException.class)
                .hasMessageStartingWith("/proc");
    }

    @Test
    void aPairAppearsTogether() throws IOException {
        Path a = folder.resolve("a");
        Path b = folder.resolve("b");
        Files.writeString(a, "old");
        Files.writeString(b, "old");
        try (WholeFile first = WholeFile.create(a); WholeFile second = WholeFile.create(b)) {
            first.write(new byte[] {'n'});
            second.write(new byte[] {'n'});
            assertThat(a).hasContent("old");
            WholeFile.commitPair(first, second);
        }
        assertThat(a).hasContent("n");
        assertThat(b).hasContent("n");
        assertThat(names()).containsExactly("a", "b");
    }

    /// Every step at which the pair can be interrupted: a temporary file that is gone cannot be renamed.
    @Test
    void anInterruptedPairIsTheOldOneOrLacksTheSecond() throws IOException {
        for (String lost : List.of("a", "b")) {
            Path a = folder.resolve("a");
            Path b = folder.resolve("b");
            Files.writeString(a, "old");
            Files.writeString(b, "old");
            try (WholeFile first = WholeFile.create(a); WholeFile second = WholeFile.create(b)) {
                first.write(new byte[] {'n'});
                second.write(new byte[] {'n'});
                for (String name : names()) {
                    if (name.startsWith(lost + ".")) {
                        Files.delete(folder.resolve(name));
                    }
                }
                assertThatThrownBy(() -> WholeFile.commitPair(first, second)).isInstanceOf(IOException.class);
            }
            assertThat(names()).containsExactly("a");
            assertThat(a).hasContent(lost.equals("a") ? "old" : "n");
        }
    }

    /// A full disk says "No space left on device" and no name.
    @Test
    void aFailureNamesTheFolder() throws IOException {
        try (WholeFile file = WholeFile.create(folder.resolve("a"))) {
            assertThat(file.failed(new IOException("No space left on device")))
                    .hasMessage(folder + ": No space left on device");
            file.channel().close();
            assertThatThrownBy(() -> file.write(new byte[1])).hasMessageStartingWith(folder.toString());
        }
    }
}
