package dev.chagres.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The cluster is a module of its own: nothing else sees Spark, in code or on the class path.
class SparkTest {
    @Test
    void noCommandDependsOnSpark() {
        JavaClasses all = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.chagres");
        assertThat(all).extracting(c -> c.getPackageName()).contains("dev.chagres.cli", "dev.chagres.prove",
                "dev.chagres.proof", "dev.chagres.bench.e2e").doesNotContain("dev.chagres.gpt2.cluster");
        noClasses().should().dependOnClassesThat().resideInAnyPackage("org.apache.spark..", "scala..").check(all);
    }

    @Test
    void theClassPathOfAllCommandsHasNoSpark() {
        for (String name : new String[] {"org.apache.spark.SparkContext", "scala.Function1"}) {
            assertThatThrownBy(() -> Class.forName(name)).as(name).isInstanceOf(ClassNotFoundException.class);
        }
    }
}
