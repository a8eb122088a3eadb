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
        noClasses().should().dependOnClassesThat().resideInAnyPackage("dev.chagres.model.decoder..", "dev.chagres.gpt2..")
                .check(CLASSES);
    }

    /// Programs and stages are the seam for hardware: they name no processor.
    @Test
    void theSeamKnowsNoProcessor() {
        noClasses().that().resideInAPackage("dev.chagres.prove.stage..").should().dependOnClassesThat()
                .resideInAnyPackage("dev.chagres.kernel..", "dev.chagres.prove.host..", "dev.chagres.prove.cpu..",
                        "dev.chagres.prove.data..")
                .check(CLASSES);
    }

    /// Who owns a transcript reaches data through the seam. The opening is the exception: what follows its passes is
    /// folded here.
    @Test
    void proversKnowStagesAlone() {
        noClasses().that().haveSimpleName("FractionTreeProver").or().haveSimpleName("LayerProver")
                .or().haveSimpleName("SumcheckProver").or().haveSimpleName("ScalarRounds")
                .or().haveSimpleName("Grinding").or().haveSimpleName("ProverParty")
                .should().dependOnClassesThat().resideInAnyPackage("dev.chagres.kernel..", "dev.chagres.prove.host..",
                        "dev.chagres.prove.cpu..")
                .check(CLASSES);
    }
}
