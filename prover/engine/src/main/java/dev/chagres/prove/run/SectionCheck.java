package dev.chagres.prove.run;

import dev.chagres.graph.Graph;
import dev.chagres.tensor.Column;
import dev.chagres.transcript.Rejection;
import dev.chagres.verify.SectionVerifier;
import java.util.List;

/// Verifies the proof of a section that another machine has made: of what came, only messages and handed over values
/// are used, and the proof fails here and not at its end, when nobody knows who was wrong.
final class SectionCheck {
    private SectionCheck() {}

    /// @param proof what came
    /// @return the same, from what was verified
    /// @throws IllegalStateException naming the section and the site, if it is wrong
    static SectionProof verified(SectionTask task, SectionProof proof, int site, Graph graph) {
        byte[] stream = proof.fork().stream();
        try {
            SectionVerifier.Verified v =
                    SectionVerifier.verify(graph, task.section(), task.challenges(), task.state(), stream);
            return new SectionProof(new ForkProof(stream, v.state(), v.claims()), v.fraction(),
                    new Deferral(v.kept(), values(task, proof.left().values(), graph)));
        } catch (Rejection e) {
            throw new IllegalStateException("site " + site + " has proved " + name(task, graph) + " wrong: "
                    + e.check() + ": " + e.getMessage(), e);
        }
    }

    private static String name(SectionTask task, Graph graph) {
        return task.section() == graph.sections().size() ? "the tables"
                : "section " + graph.sections().get(task.section()).name();
    }

    private static List<int[]> values(SectionTask task, List<int[]> values, Graph graph) throws Rejection {
        List<Column> columns = task.section() == graph.sections().size() ? List.of()
                : Deferral.columns(graph.sections().get(task.section()));
        boolean fits = values.size() == columns.size();
        for (int i = 0; fits && i < columns.size(); i++) {
            fits = values.get(i).length == columns.get(i).shape().size();
        }
        if (!fits) {
            throw new Rejection("deferred", "other values are handed over than the section has");
        }
        return values;
    }
}
