package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Everything that the verifier reaches, class by class, is scalar code of this project on the JDK.
class VerifierIndependenceTest {
    @Test
    void theVerifierReachesNoProverClassNoVectorsNoThreadsAndNoLibrary() {
        JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.chagres");
        Map<String, String> reachedFrom = new TreeMap<>();
        Deque<JavaClass> open = new ArrayDeque<>();
        open.add(classes.get(Verifier.class));
        reachedFrom.put(Verifier.class.getName(), "the verifier");
        while (!open.isEmpty()) {
            JavaClass at = open.remove();
            at.getDirectDependenciesFromSelf().forEach(d -> {
                JavaClass target = d.getTargetClass().getBaseComponentType();
                if (!target.isPrimitive() && reachedFrom.putIfAbsent(target.getName(), at.getName()) == null
                        && target.getName().startsWith("dev.chagres.")) {
                    open.add(classes.get(target.getName()));
                }
            });
        }
        assertThat(reachedFrom).hasSizeGreaterThan(60);
        reachedFrom.forEach((name, from) -> assertThat(allowed(name)).as("%s, reached from %s", name, from).isTrue());
    }

    private static boolean allowed(String name) {
        if (name.startsWith("dev.chagres.prove.") || name.startsWith("dev.chagres.kernel.")) {
            return false;
        }
        if (name.startsWith("java.util.concurrent.") || name.equals("java.lang.Thread")) {
            return false;
        }
        return name.startsWith("dev.chagres.") || name.startsWith("java.");
    }
}
