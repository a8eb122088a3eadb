package dev.chagres.proof;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// No verdict depends on a tokenizer: keys carry one for texts, and what a proof is about are token ids.
class TokenizerIndependenceTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("dev.chagres");

    @Test
    void theProtocolAndTheStatementKnowNoTokenizer() {
        noClasses().that().resideInAnyPackage("dev.chagres.tensor..", "dev.chagres.transcript..", "dev.chagres.poly..",
                        "dev.chagres.sumcheck..", "dev.chagres.lookup..", "dev.chagres.commit..", "dev.chagres.graph..",
                        "dev.chagres.verify..", "dev.chagres.semantics..", "dev.chagres.statement..",
                                "dev.chagres.model..")
                .should().dependOnClassesThat().resideInAPackage("dev.chagres.tokenizer..").check(CLASSES);
    }

    @Test
    void inThisPackageOnlyTheKeyKnowsOne() {
        noClasses().that().resideInAPackage("dev.chagres.proof..").and().doNotHaveSimpleName("VerifyingKey")
                .should().dependOnClassesThat().resideInAPackage("dev.chagres.tokenizer..").check(CLASSES);
    }
}
