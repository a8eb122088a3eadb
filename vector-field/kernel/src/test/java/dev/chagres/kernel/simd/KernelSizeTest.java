package dev.chagres.kernel.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.CodeAttribute;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// HotSpot never compiles a method of more than 8000 bytes of bytecode: it would stay interpreted, a thousand times
/// slower.
class KernelSizeTest {
    private static final int LIMIT = 8000;

    @Test
    void everyMethodCanBeCompiled() throws IOException {
        Map<String, Integer> sizes = sizes(Path.of("target/classes/dev/chagres/kernel/simd"));
        assertThat(sizes).as("methods found").hasSizeGreaterThan(50).containsKey("ExtLoops.mul");
        assertThat(sizes).allSatisfy((method, bytes) -> assertThat(bytes).as(method).isLessThanOrEqualTo(LIMIT));
    }

    private static Map<String, Integer> sizes(Path folder) throws IOException {
        Map<String, Integer> sizes = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                ClassModel model = ClassFile.of().parse(file);
                String name = file.getFileName().toString().replace(".class", "");
                for (MethodModel method : model.methods()) {
                    method.findAttribute(Attributes.code()).map(CodeAttribute::codeLength)
                            .ifPresent(bytes -> sizes.merge(name + "." + method.methodName().stringValue(), bytes,
                                    Math::max));
                }
            }
        }
        return sizes;
    }
}
