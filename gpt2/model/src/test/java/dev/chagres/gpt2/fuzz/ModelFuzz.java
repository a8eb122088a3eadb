package dev.chagres.gpt2.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.chagres.gpt2.model.IntegerModel;
import dev.chagres.gpt2.model.IntegerModelFile;
import dev.chagres.gpt2.model.IntervalCheck;
import dev.chagres.gpt2.model.IntervalCheckException;
import dev.chagres.gpt2.model.ModelFileSeal;
import dev.chagres.prove.file.FileFormatException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/// An integer model file with edits: refused by name, or a model that passes the interval check or is refused by it.
class ModelFuzz {
    private static final Path NAME = Path.of("fuzzed.cgm");

    @FuzzTest(maxDuration = "5s")
    void editedModel(FuzzedDataProvider data) {
        byte[] bytes = data.consumeBoolean()
                ? ModelFileSeal.sealed(Edits.of(Victim.instance().model(), data)) : data.consumeRemainingAsBytes();
        try {
            IntegerModel model = IntegerModelFile.read(NAME, MemorySegment.ofArray(bytes));
            IntervalCheck.check(model);
        } catch (FileFormatException refused) {
            assertThat(refused).hasMessageContaining(NAME.toString());
        } catch (IntervalCheckException outside) {
            assertThat(outside).hasMessageMatching("(?s).+");
        }
    }
}
