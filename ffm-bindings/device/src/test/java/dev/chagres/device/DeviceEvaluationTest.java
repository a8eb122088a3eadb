package dev.chagres.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.ffm.Emulation;
import dev.chagres.field.QM31;
import dev.chagres.prove.data.DerivedTensor;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.Stages;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Shape;
import dev.chagres.tensor.TilePoint;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Values of tensors on the emulated device against those of the processor.
class DeviceEvaluationTest {
    private static final long SLAB = 8 << 20;
    private static final Stages CPU = TestHosts.of(1).stages();

    private DeviceSite site;
    private Stages stages;

    @BeforeEach
    void open() {
        site = EmulatedSites.open(SLAB, 1);
        stages = new DeviceStages(site, TestHosts.of(1), CPU);
    }

    @AfterEach
    void close() {
        if (site != null) {
            assertThat(site.device().available()).isEqualTo(SLAB);
            site.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "0, 37", "1, 3", "3, 2", "4, 1", "5, 15", "9, 16", "13, 5", "17, 1"})
    void valuesAreThoseOfTheProcessor(int low, int tiles) {
        Shape shape = Shape.of(Axis.low("x", low), Axis.high("t", tiles));
        for (int width : new int[] {8, 16, 32}) {
            for (long seed = 0; seed < 4; seed++) {
                Emulation.seed(site.device(), seed);
                Random random = new Random(100 * low + tiles + seed);
                HostTensor data = TestTensors.random(shape, width, random);
                QM31[] weights = TestTensors.elements(random, tiles);
                for (int t = 1; t < tiles; t++) {
                    weights[t] = random.nextInt(3) == 0 ? QM31.ZERO : weights[t];
                }
                TilePoint at = new TilePoint(TestTensors.elements(random, low), weights);
                assertThat(stages.evaluate(data, shape, at)).as("width %d, seed %d", width, seed)
                        .isEqualTo(CPU.evaluate(data, shape, at));
            }
        }
    }

    @Test
    void weightsOfZeroGiveZero() {
        Shape shape = Shape.of(Axis.low("x", 5), Axis.high("t", 3));
        Random random = new Random(1);
        QM31[] weights = new QM31[3];
        Arrays.fill(weights, QM31.ZERO);
        TilePoint at = new TilePoint(TestTensors.elements(random, 5), weights);
        assertThat(stages.evaluate(TestTensors.random(shape, 16, random), shape, at)).isEqualTo(QM31.ZERO);
    }

    @Test
    void derivedTensorsAreLookedUp() {
        Shape shape = Shape.of(Axis.low("x", 7), Axis.high("t", 3));
        Random random = new Random(2);
        HostTensor table = TestTensors.random(Shape.of(Axis.low("entry", 8)), 32, random);
        DerivedTensor derived = new DerivedTensor(TestTensors.random(shape, 8, random), table, -90);
        TilePoint at = new TilePoint(TestTensors.elements(random, 7), TestTensors.elements(random, 3));
        assertThat(stages.evaluate(derived, shape, at)).isEqualTo(CPU.evaluate(derived, shape, at));
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Shape shape = Shape.of(Axis.low("x", 4), Axis.high("t", 3));
        Random random = new Random(3);
        HostTensor data = TestTensors.random(shape, 16, random);
        TilePoint few = new TilePoint(TestTensors.elements(random, 4), TestTensors.elements(random, 2));
        assertThatThrownBy(() -> stages.evaluate(data, shape, few)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("do not fit the shape");
    }
}
