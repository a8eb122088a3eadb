package dev.chagres.prove.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.field.QM31;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.prove.host.Host;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.prove.stage.FractionTree;
import dev.chagres.prove.stage.LayerRounds;
import dev.chagres.prove.stage.LeafProgram;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Trees of several units with what is special about them, against the same leaves as stored fractions, which know
/// nothing of units: random numbers of units, tuples of one, two and three values, whole tiles, several units a tile,
/// small tiles, columns that lack an axis, a last unit of any size.
class UnitTreesTest {
    private final Random random = new Random();

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 27, 32, 33, 40})
    void lowestLayersEqualThoseOfStoredFractions(int units) {
        random.setSeed(units);
        LeafProgram.Lookups program = TestPrograms.lookups(units, random);
        assertThat(program.layout().units()).isEqualTo(units);
        byte[] expected = prove(program, TestHosts.of(2), false);
        assertThat(prove(program, TestHosts.of(1), true)).as("one thread").isEqualTo(expected);
        assertThat(prove(program, TestHosts.of(2), true)).as("two threads").isEqualTo(expected);
    }

    @Test
    void lambdaMayBeZero() {
        random.setSeed(3);
        LeafProgram.Lookups program = TestPrograms.lookups(5, random);
        for (int up = 1; up <= 2; up++) {
            QM31[] r = TestTensors.elements(random, program.layout().bits() - up);
            QM31[][] children = new QM31[2][];
            for (int variant = 0; variant < 2; variant++) {
                ProverChannel channel = new ProverChannel(Transcript.start("test"));
                try (FractionTree tree = tree(program, TestHosts.of(1), variant == 1);
                        LayerRounds rounds = tree.layer(r.length, r, QM31.ZERO)) {
                    children[variant] = new LayerProver(channel, r, QM31.ZERO).prove(rounds, new QM31[r.length + 1]);
                }
            }
            assertThat(children[1]).isEqualTo(children[0]);
        }
    }

    private static CpuFractionTree tree(LeafProgram.Lookups program, Host host, boolean onDemand) {
        return CpuFractionTree.of(program.layout(), new SegmentLeaves(program, host.field()), true, host, onDemand);
    }

    private static byte[] prove(LeafProgram.Lookups program, Host host, boolean onDemand) {
        ProverChannel channel = new ProverChannel(Transcript.start("test"));
        try (FractionTree tree = tree(program, host, onDemand)) {
            FractionTreeProver.prove(channel, tree);
        }
        return channel.bytes();
    }
}
