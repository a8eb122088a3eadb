package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.graph.Graph;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.run.DeferredTrial;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.stage.StatementProgram;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Claim;
import dev.chagres.transcript.Rejection;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The statements after the join, about the rows of all norms of a model of real depth, on the emulated device.
class DeviceDeferredTest {
    private static final long SLAB = 64 << 20;

    private static Stages listening(Stages stages, List<StatementProgram> programs) {
        return (Stages) Proxy.newProxyInstance(Stages.class.getClassLoader(), new Class<?>[] {Stages.class},
                (_, method, arguments) -> {
                    if (method.getName().equals("statement")) {
                        programs.add((StatementProgram) arguments[0]);
                    }
                    return method.invoke(stages, arguments);
                });
    }

    /// @param parts that the body of the statement is cut into
    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "12, 12, 17, 3", "12, 12, 64, 3", "48, 25, 33, 10"})
    void rowsOfAllNormsAreThoseOfTheProcessor(int layers, int heads, int rows, int parts) throws Rejection {
        DecoderSpec spec = SizedSpecs.gpt2(layers, heads);
        TokenSequence sequence = TokenSequence.ofLength(new int[rows], 1, spec.limits().anyId());
        Graph graph = spec.compile(sequence).graph();
        DeferredTrial trial = new DeferredTrial(graph, new DeviceMemory(1L << 40), rows);
        Stages cpu = TestHosts.of(1).stages();
        List<StatementProgram> programs = new ArrayList<>();
        DeferredTrial.Sent expected = trial.prove(listening(cpu, programs));
        assertThat(programs).hasSize(1);
        assertThat(StatementCode.of(programs.getFirst()).parts()).hasSize(parts);
        List<String> asked = new ArrayList<>();
        try (DeviceSite site = EmulatedSites.open(SLAB, rows % 4)) {
            DeferredTrial.Sent sent =
                    trial.prove(new DeviceStages(site, TestHosts.of(1), new WatchedStages(cpu, asked)));
            assertThat(sent.bytes()).isEqualTo(expected.bytes());
            assertThat(sent.claims()).hasSameSizeAs(expected.claims());
            for (int i = 0; i < sent.claims().size(); i++) {
                Claim claim = sent.claims().get(i);
                assertThat(claim.column()).isSameAs(expected.claims().get(i).column());
                assertThat(claim.value()).as(claim.column().name()).isEqualTo(expected.claims().get(i).value());
                assertThat(claim.at().low()).isEqualTo(expected.claims().get(i).at().low());
                assertThat(claim.at().weights()).isEqualTo(expected.claims().get(i).at().weights());
            }
            assertThat(asked).isEmpty();
            assertThat(site.device().available()).isEqualTo(SLAB);
        }
    }
}
