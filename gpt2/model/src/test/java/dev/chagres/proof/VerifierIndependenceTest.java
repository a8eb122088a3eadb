package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Everything that the verifier reaches, class by class, is scalar code of this project on the JDK.
class VerifierIndependenceTest {
    /// The one class that reads files. Only methods that are given a path come to it.
    private static final String FILES = BoundedFiles.class.getName();

    @Test
    void onlyMethodsWithAPathComeToFiles() {
        JavaClasses classes = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.chagres.proof");
        int callers = 0;
        for (JavaClass c : classes) {
            for (JavaCodeUnit method : c.getCodeUnits()) {
                boolean path = method.getRawParameterTypes().stream().anyMatch(t -> t.isEquivalentTo(Path.class));
                for (JavaAccess<?> access : method.getAccessesFromSelf()) {
                    String target = access.getTargetOwner().getName();
                    boolean files = target.equals(FILES) || target.startsWith("java.nio.file.") || target.startsWith("java.io.");
                    assertThat(!files || path || c.getName().equals(FILES)).as(method + " uses " + access).isTrue();
                    callers += target.equals(FILES) && !c.getName().equals(FILES) ? 1 : 0;
                }
            }
        }
        assertThat(callers).isPositive();
    }

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
