package dev.chagres.prove.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.kernel.Backends;
import dev.chagres.kernel.MemoryPool;
import dev.chagres.prove.cpu.CpuStages;
import dev.chagres.prove.forgery.TrialGraph;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.ThreadTeam;
import dev.chagres.prove.profile.Progress;
import dev.chagres.prove.stage.Stages;
import dev.chagres.prove.store.SpillStore;
import dev.chagres.prove.witness.Witness;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A proof over stages of which nothing is known but their interfaces, as over those of another device.
class OpaqueStagesTest {
    private final Set<String> asked = new TreeSet<>();

    /// An object that has nothing but the methods of an interface; what it returns of other interfaces of the seam is
    /// as opaque.
    private <T> T opaque(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (_, method, arguments) -> {
                    synchronized (asked) {
                        asked.add(type.getSimpleName() + "." + method.getName());
                    }
                    try {
                        Object result = method.invoke(real, arguments);
                        Class<?> returned = method.getReturnType();
                        return returned.isInterface() && returned.getPackage().equals(Stages.class.getPackage())
                                ? opaque(returned, result) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void proversKnowTheSeamAlone() {
        try (TrialGraph trial = SmallGraph.compile().trial(); ThreadTeam team = new ThreadTeam(2)) {
            Host plain = new Host(Backends.ofProperty(), new MemoryPool(), team, CpuStages::new);
            Host other = new Host(Backends.ofProperty(), new MemoryPool(), team,
                    h -> opaque(Stages.class, new CpuStages(h)));
            assertThat(prove(trial, other)).isEqualTo(prove(trial, plain));
        }
        assertThat(asked).contains("Stages.evaluation", "SectionEvaluation.section", "Stages.counting",
                "LookupCounting.section", "LookupCounting.finish", "Stages.rows",
                "RowHasher.chaining", "RowHasher.tree", "RowHasher.columns", "Stages.tree", "FractionTree.layer",
                "LayerRounds.first", "LayerRounds.next", "LayerRounds.values", "Stages.statement",
                "StatementRounds.round", "StatementRounds.bind", "StatementRounds.values", "Stages.evaluate",
                "Stages.passes", "OpeningPasses.headSums", "OpeningPasses.fold", "OpeningPasses.combine",
                "Stages.opening", "OpeningArrays.add", "OpeningArrays.place", "OpeningArrays.head",
                "OpeningArrays.tail", "OpeningArrays.ladder", "PassResult.toHost", "ProductRounds.round",
                "ProductRounds.bind", "ProductRounds.values", "LadderArrays.commit", "LadderArrays.constrain",
                "LadderArrays.sum", "LadderArrays.round", "CommittedRows.root", "CommittedRows.columns",
                "CommittedRows.proof");
    }

    private static byte[] prove(TrialGraph trial, Host host) {
        try (Witness witness = new Witness(trial.graph(), trial::key, SpillStore.unbounded(host.memory()))) {
            return new GraphProver(host, trial.graph(), TrialGraph.PARAMETERS, trial.commitment(),
                    MemoryPlan.unlimited(2), ProverOptions.CHECKED, Progress.NONE, TaskRunner.LOCAL)
                    .prove(trial.input(), witness, new GraphProver.Rows(0, trial.rows(), trial.tokens()));
        }
    }
}
