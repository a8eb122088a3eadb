package dev.chagres.gpt2.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.chagres.gpt2.model.IntegerEmbedding;
import dev.chagres.gpt2.model.IntegerLayer;
import dev.chagres.gpt2.model.IntegerLinear;
import dev.chagres.gpt2.model.IntegerMlp;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.NormTables;
import dev.chagres.gpt2.model.RotationTables;
import dev.chagres.gpt2.model.SoftmaxTables;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.semantics.Interval;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The oracle knows the arrays of a model and the JDK, and nothing that computes.
class OracleIndependenceTest {
    private static final Set<String> DATA = Set.of(IntegerModel.class.getName(), IntegerLayer.class.getName(),
            IntegerLinear.class.getName(), IntegerEmbedding.class.getName(), RotationTables.class.getName(),
            IntegerMlp.class.getName(), IntegerMlp.Plain.class.getName(), IntegerMlp.Gated.class.getName(),
            ModelShape.class.getName(), Interval.class.getName(), NormTables.class.getName(), SoftmaxTables.class.getName());
    /// Entries of arrays; everything else that is called is a component of a record.
    private static final Set<String> ENTRIES = Set.of("entry", "position", "weight", "cos", "sin");

    @Test
    void theOracleReadsArraysOnly() {
        int calls = 0;
        for (JavaClass c : new ClassFileImporter().importClasses(Oracle.class, Oracle.Padding.class,
                Oracle.Outside.class)) {
            c.getDirectDependenciesFromSelf().forEach(d -> {
                String name = d.getTargetClass().getBaseComponentType().getName();
                assertThat(!name.contains(".") || name.startsWith("java.") || name.startsWith(Oracle.class.getName())
                        || DATA.contains(name)).as("%s depends on %s", c, name).isTrue();
            });
            for (var call : c.getMethodCallsFromSelf()) {
                if (DATA.contains(call.getTargetOwner().getName())) {
                    calls++;
                    assertThat(call.getTarget().getRawParameterTypes().isEmpty() || ENTRIES.contains(call.getName()))
                            .as("%s", call).isTrue();
                }
            }
        }
        assertThat(calls).isGreaterThan(20);
    }
}
