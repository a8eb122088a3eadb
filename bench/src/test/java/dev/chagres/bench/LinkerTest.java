package dev.chagres.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.foreign.Linker;
import org.junit.jupiter.api.Test;

/// Who may call native code, over all modules.
class LinkerTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("dev.chagres");

    @Test
    void onlyTheBindingsLinkNativeCode() {
        assertThat(ALL).extracting(c -> c.getPackageName())
                .contains("dev.chagres.bench.kernel", "dev.chagres.cli", "dev.chagres.prove", "dev.chagres.ffm",
                        "dev.chagres.ffm.embed");
        noClasses().that().resideOutsideOfPackage("dev.chagres.ffm..")
                .should().dependOnClassesThat().areAssignableTo(Linker.class)
                .check(ALL);
        // The rule is worth something only if the importer sees such dependencies at all.
        classes().that().haveSimpleName("LinuxPages")
                .should().dependOnClassesThat().areAssignableTo(Linker.class)
                .check(ALL);
    }

    @Test
    void generatedBindingsStayBehindTheirFace() {
        noClasses().that().resideOutsideOfPackage("dev.chagres.ffm..")
                .should().dependOnClassesThat().resideInAPackage("dev.chagres.ffm.generated..")
                .check(ALL);
    }

    @Test
    void theVerifierKnowsNoNativeCode() {
        noClasses().that().resideInAnyPackage("dev.chagres.field..", "dev.chagres.hash..", "dev.chagres.transcript..",
                        "dev.chagres.commit..", "dev.chagres.verify..", "dev.chagres.proof..")
                .should().dependOnClassesThat().resideInAPackage("dev.chagres.ffm..")
                .check(ALL);
    }
}
