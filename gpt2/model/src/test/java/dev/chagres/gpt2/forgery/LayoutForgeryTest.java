package dev.chagres.gpt2.forgery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.stage.TileSource;
import dev.chagres.tensor.Axis;
import dev.chagres.tensor.Column;
import dev.chagres.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A commitment whose layout is not the one that follows from key and length: columns or tiles in another order, more
/// of them, and openings that know it or do not. All values are true.
class LayoutForgeryTest {
    @TempDir
    private static Path folder;

    private static CheatingProver prover;

    @BeforeAll
    static void setUp() throws IOException {
        // Two blocks of rows, so that columns have several tiles.
        prover = new CheatingProver(folder, "1x2x16x20x200", 9, 120, 20);
    }

    @AfterAll
    static void close() {
        prover.close();
    }

    private static String check(Moves moves) {
        try (CheatingProver.Run r = prover.new Run(prover.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            Outcome outcome = Outcome.of(prover, r, moves, true);
            assertThat(outcome.violated()).isEmpty();
            return outcome.check();
        }
    }

    private static Moves columns(java.util.function.Consumer<List<Column>> change) {
        return new Moves() {
            @Override
            public List<Column> columns(List<Column> columns) {
                List<Column> changed = new ArrayList<>(columns);
                change.accept(changed);
                return changed;
            }
        };
    }

    @Test
    void theHonestLayoutIsAccepted() {
        assertThat(check(Moves.NONE)).isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void columnsInAnotherOrder() {
        // Of equal shape, so that both stand elsewhere.
        for (List<String> two : List.of(List.of("embedding.x", "layer0.norm1.m"),
                List.of("layer0.norm1.rhoLow", "layer0.norm1.rhoHigh"),
                List.of("layer0.attention.weight", "layer0.attention.before"), List.of("head.low", "head.high"))) {
            assertThat(check(columns(c -> {
                List<String> names = c.stream().map(Column::name).toList();
                Collections.swap(c, names.indexOf(two.get(0)), names.indexOf(two.get(1)));
            }))).as("%s", two).isEqualTo("open/batch");
        }
        assertThat(check(columns(Collections::reverse))).isEqualTo("open/batch");
    }

    /// A column that nobody claims anything about stands before the others, larger than the holes that the others
    /// leave.
    @Test
    void moreColumns() {
        Column extra = new Column("extra", Shape.of(Axis.low("x", prover.verifyingKey.parameters().k()),
                Axis.high("tile", 2)), Column.Tree.WITNESS);
        for (boolean first : new boolean[] {true, false}) {
            Moves moves = new Moves() {
                @Override
                public List<Column> columns(List<Column> columns) {
                    List<Column> more = new ArrayList<>(columns);
                    more.add(first ? 0 : more.size(), extra);
                    return more;
                }

                @Override
                public TileSource committed(TileSource values) {
                    return zero(values, extra);
                }

                @Override
                public TileSource opened(TileSource values) {
                    return zero(values, extra);
                }
            };
            assertThat(check(moves)).isIn("open/batch", "open/merkle", "format/trailing");
        }
    }

    private static TileSource zero(TileSource values, Column column) {
        return new TileSource() {
            @Override
            public int bits(Column c) {
                return c == column ? 32 : values.bits(c);
            }

            @Override
            public long ints(Column c, int tile, long from, long count, long scratch) {
                if (c == column) {
                    dev.chagres.kernel.Memory.zero(scratch, dev.chagres.kernel.Memory.baseBytes(count));
                    return scratch;
                }
                return values.ints(c, tile, from, count, scratch);
            }
        };
    }

    /// Two tiles of a column exchanged in the commitment.
    @Test
    void tilesInAnotherOrder() {
        for (String name : List.of("embedding.x", "layer0.attention.weight", "layer0.norm1.n", "layer0.up.out")) {
            TileSwap swap = new TileSwap(name);
            assertThat(check(new Moves() {
                @Override
                public TileSource committed(TileSource values) {
                    return swap.of(values);
                }

                @Override
                public TileSource opened(TileSource values) {
                    return swap.of(values);
                }
            })).as("%s, opened as committed", name).isEqualTo("open/batch");
            assertThat(check(new Moves() {
                @Override
                public TileSource committed(TileSource values) {
                    return swap.of(values);
                }
            })).as("%s, opened as claimed", name).isEqualTo("open/final");
        }
    }

    /// Exchanges the first and the last tile of a column.
    private record TileSwap(String name) {
        TileSource of(TileSource values) {
            return new TileSource() {
                @Override
                public int bits(Column c) {
                    return values.bits(c);
                }

                @Override
                public long ints(Column c, int tile, long from, long count, long scratch) {
                    int last = c.shape().tileCount() - 1;
                    boolean swapped = c.name().equals(name) && (tile == 0 || tile == last);
                    assertThat(!c.name().equals(name) || last > 0).as("tiles of %s", name).isTrue();
                    return values.ints(c, swapped ? last - tile : tile, from, count, scratch);
                }
            };
        }
    }
}
