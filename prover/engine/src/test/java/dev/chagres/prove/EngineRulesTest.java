package dev.chagres.prove;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// How the packages of the engine stand on each other.
class EngineRulesTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.chagres.prove");

    @Test
    void packagesFormNoCycle() {
        slices().matching("dev.chagres.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /// A family of models is what a key names; the engine knows circuits.
    @Test
    void theEngineKnowsNoFamily() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.chagres.model.gpt2..", "dev.chagres.gpt2..")
                .check(CLASSES);
    }
}
