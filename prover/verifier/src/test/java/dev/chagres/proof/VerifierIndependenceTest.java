package dev.chagres.proof;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.chagres.graph.SectionReduction;
import dev.chagres.relation.PrivateValue;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What the verifier stands on, class by class. That it needs no other module than `field` is a fact of the build;
/// that it could run in a browser or in any other host that has no threads, no files and no memory but the heap, is
/// one of this test.
class VerifierIndependenceTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.chagres");

    /// Packages of the JDK that the verifier does without, and classes with those inside them.
    private static final List<String> PACKAGES = List.of("java.lang.foreign", "java.lang.reflect",
            "java.util.concurrent", "java.nio.file", "java.nio.channels", "java.net");
    private static final List<String> NAMES = List.of("java.lang.invoke.VarHandle", "java.lang.invoke.MethodHandles",
            "java.lang.Thread", "java.lang.ThreadLocal", "java.lang.Process", "java.lang.ProcessBuilder",
            "java.lang.Runtime", "java.lang.ClassLoader", "java.io.File", "java.io.FileInputStream",
            "java.io.FileOutputStream", "java.io.RandomAccessFile", "java.util.ServiceLoader");

    /// The one class that reads files, with its inner ones; only methods that are given a path come to it.
    private static final String FILES = BoundedFiles.class.getName();

    private static boolean isFiles(String name) {
        return name.equals(FILES) || name.startsWith(FILES + "$");
    }

    private static boolean isForbidden(String name) {
        return PACKAGES.stream().anyMatch(p -> name.startsWith(p + "."))
                || NAMES.stream().anyMatch(n -> name.equals(n) || name.startsWith(n + "$"));
    }

    @Test
    void theVerifierReachesTheJdkAloneAndOnlyItsPlainPart() {
        Map<String, String> reachedFrom = new TreeMap<>();
        Deque<JavaClass> open = new ArrayDeque<>();
        CLASSES.stream().filter(c -> c.getPackageName().equals("dev.chagres.proof") && !isFiles(c.getName()))
                .forEach(c -> {
            open.add(c);
            reachedFrom.put(c.getName(), "its package");
        });
        while (!open.isEmpty()) {
            JavaClass at = open.remove();
            at.getDirectDependenciesFromSelf().forEach(d -> {
                JavaClass target = d.getTargetClass().getBaseComponentType();
                if (isFiles(target.getName()) || target.isEquivalentTo(Path.class)) {
                    return; // the rule below
                }
                if (!target.isPrimitive() && reachedFrom.putIfAbsent(target.getName(), at.getName()) == null
                        && target.getName().startsWith("dev.chagres.")) {
                    open.add(CLASSES.get(target.getName()));
                }
            });
        }
        assertThat(reachedFrom).hasSizeGreaterThan(60);
        assertThat(reachedFrom.keySet()).contains("dev.chagres.hash.Blake3", "dev.chagres.graph.op.Attention");
        reachedFrom.forEach((name, from) -> {
            assertThat(name).as("reached from %s", from)
                    .startsWith(name.startsWith("dev.chagres.") ? "dev.chagres." : "java.");
            assertThat(isForbidden(name)).as("%s, reached from %s, is forbidden", name, from).isFalse();
        });
    }

    @Test
    void onlyMethodsWithAPathComeToFiles() {
        int callers = 0;
        for (JavaClass c : CLASSES) {
            if (!c.getPackageName().equals("dev.chagres.proof") || isFiles(c.getName())
                    || c.isEquivalentTo(VerifierMain.class)) { // a program, which nothing calls
                continue;
            }
            for (JavaCodeUnit method : c.getCodeUnits()) {
                boolean path = method.getRawParameterTypes().stream().anyMatch(t -> t.isEquivalentTo(Path.class));
                for (JavaAccess<?> access : method.getAccessesFromSelf()) {
                    String target = access.getTargetOwner().getName();
                    assertThat(target).as("%s", method).doesNotStartWith("java.nio.file.");
                    if (isFiles(target)) {
                        assertThat(path).as("%s comes to files", method).isTrue();
                        callers++;
                    }
                }
            }
        }
        assertThat(callers).isPositive();
    }

    /// A number that is used as if it were the value is a hole that no honest proof shows. The balance of the lookups
    /// alone divides by messages, whose inverses nobody sends.
    @Test
    void numbersOfPrivateValuesAreTheProvers() {
        List<String> callers = CLASSES.get(PrivateValue.class).getMethod("number").getCallsOfSelf().stream()
                .map(call -> call.getOriginOwner().getName()).distinct().toList();
        assertThat(callers).containsExactly(SectionReduction.class.getName());
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.chagres.(**)").should().beFreeOfCycles().check(CLASSES);
    }
}
