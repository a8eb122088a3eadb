package dev.chagres.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The module that depends on all others checks a rule about all.
class VectorApiTest {
    @Test
    void onlyTheKernelPackageOfAllModulesTouchesTheVectorApi() {
        JavaClasses all = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.chagres");
        assertThat(all).extracting(c -> c.getPackageName())
                .contains("dev.chagres.bench.kernel", "dev.chagres.cli", "dev.chagres.prove", "dev.chagres.field");
        noClasses().that().resideOutsideOfPackage("dev.chagres.kernel.simd")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
                .check(all);
        // The rule is worth something only if the importer sees such dependencies at all.
        classes().that().haveSimpleName("VectorFieldKernels")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
                .check(all);
    }
}
