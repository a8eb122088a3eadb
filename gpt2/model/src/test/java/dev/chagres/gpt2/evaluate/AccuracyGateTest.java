package dev.chagres.gpt2.evaluate;

import dev.chagres.prove.TestEngines;
import dev.chagres.prove.profile.Progress;
import org.junit.jupiter.api.Test;

class AccuracyGateTest {
    @Test
    void print() {
        try (BundledEvaluation b = new BundledEvaluation();
                Evaluation e = new Evaluation(TestEngines.of(2), b.model())) {
            long t = System.nanoTime();
            EvaluationReport r = e.reference(b.reference()).run(b.windows(0), Progress.NONE);
            System.out.println((System.nanoTime() - t) / 1e9);
            System.out.println(r.windows() + " " + r.predictions() + " " + r.integerLoss() + "\n" + r.comparison() + "\n" + r.comparison().get().perplexityChange());
            r.clamps().forEach(System.out::println);
            r.stream().forEach(System.out::println);
            r.norms().forEach(System.out::println);
            r.matrices().forEach(System.out::println);
        }
    }
}
