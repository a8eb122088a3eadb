package dev.chagres.kernel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class PackageRulesTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.chagres");

    @Test
    void onlyTheVectorPackageTouchesTheVectorApi() {
        noClasses().that().resideOutsideOfPackage("dev.chagres.kernel.simd")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
                .check(CLASSES);
        // The rule is worth something only if the importer sees such dependencies at all.
        classes().that().haveSimpleName("VectorFieldKernels")
                .should().dependOnClassesThat().resideInAPackage("jdk.incubator.vector..")
                .check(CLASSES);
    }

    @Test
    void scalarArithmeticStandsAlone() {
        noClasses().that().resideInAPackage("dev.chagres.field..")
                .should().dependOnClassesThat().resideInAnyPackage("dev.chagres.kernel..", "java.lang.foreign..")
                .check(CLASSES);
    }

    @Test
    void onlyTheProviderKnowsTheVectorPackage() {
        noClasses().that().resideInAPackage("dev.chagres..")
                .and().resideOutsideOfPackage("dev.chagres.kernel.simd")
                .and().doNotHaveFullyQualifiedName("dev.chagres.kernel.Machine")
                .and().haveNameNotMatching("dev\\.chagres\\.kernel\\.Backends.*")
                .should().dependOnClassesThat().resideInAPackage("dev.chagres.kernel.simd")
                .check(CLASSES);
    }
}
