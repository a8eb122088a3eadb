package dev.chagres.prove.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.MerkleProof;
import dev.chagres.commit.OpeningSize;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpeningRoundTripTest {
    @ParameterizedTest
    @ValueSource(ints = {6, 7, 8, 9, 10, 11, 12, 13})
    void honestOpeningIsAccepted(int k) {
        long seed = 1000 + k;
        try (OpeningFixture fixture = new OpeningFixture(CommitmentParameters.of(k, 24, 4, 4), seed)) {
            byte[] proof = fixture.prove(1);
            assertThatCode(() -> fixture.verify(proof)).as("k %d, seed %d", k, seed).doesNotThrowAnyException();
        }
    }

    @ParameterizedTest(name = "rows of 2^{0}")
    @ValueSource(ints = {11, 14})
    void bytesDoNotDependOnThreads(int k) {
        CommitmentParameters parameters = CommitmentParameters.of(k, 24, 4, 4);
        try (OpeningFixture one = new OpeningFixture(parameters, 7, 1);
                OpeningFixture two = new OpeningFixture(parameters, 7, 2)) {
            assertThat(two.witness.root()).isEqualTo(one.witness.root());
            assertThat(two.key.root()).isEqualTo(one.key.root());
            assertThat(two.prove(2)).isEqualTo(one.prove(1));
            assertThat(two.prove(3)).isEqualTo(one.prove(1));
        }
    }

    /// Three levels, work before row folds and before the lane folds of two of them; as large as the size model says,
    /// up to the chance of the positions.
    @Test
    void workBeforeFoldsAndTheSizeOfIt() {
        List<Level> levels = List.of(new Level(3, 2, 20, 3, 4), new Level(2, 4, 15, 3, 0), new Level(2, 3, 10, 3, 9));
        CommitmentParameters parameters = new CommitmentParameters(12, 1, 40, 3, 5, levels, 4, 20);
        try (OpeningFixture fixture = new OpeningFixture(parameters, 17)) {
            byte[] proof = fixture.prove(2);
            assertThat(fixture.prove(1)).isEqualTo(proof);
            assertThatCode(() -> fixture.verify(proof)).doesNotThrowAnyException();
            double expected = OpeningSize.STANDARD.bytes(parameters,
                    fixture.witnessLayout.rows(), fixture.keyLayout.rows());
            assertThat((double) proof.length).isCloseTo(expected, withinPercentage(3));
        }
    }

    @Test
    void standardParametersOnASmallKey() {
        try (OpeningFixture fixture = new OpeningFixture(CommitmentParameters.of(8, 100, 12, 4), 3)) {
            byte[] proof = fixture.prove(2);
            assertThatCode(() -> fixture.verify(proof)).doesNotThrowAnyException();
        }
    }
}
