package dev.chagres.gpt2.unique;

import dev.chagres.field.M31;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.model.Circuit;
import dev.chagres.model.KeyColumn;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.Positions;
import dev.chagres.model.decoder.ProjectionSpec;
import dev.chagres.model.decoder.WriteSpec;
import dev.chagres.semantics.ExponentialTable;
import dev.chagres.semantics.IntegerSemantics;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/// A key that no honest setup makes: numbers that a reader accepts, many of them at their limits, and weights, biases
/// and table entries that are any residues, with those about 0, p/2 and powers of two more often than others.
///
/// @param seed of everything
/// @param spec as a reader of the key decodes it
record RandomKey(long seed, DecoderSpec spec) {
    private static final long MOST_ENTRIES = 1 << 16;

    static RandomKey of(long seed) {
        return of(seed, 16);
    }

    /// @param width most channels of the stream
    static RandomKey of(long seed, int width) {
        return of(seed, width, _ -> true);
    }

    /// @param wanted which numbers
    static RandomKey of(long seed, int width, Predicate<DecoderSpec> wanted) {
        SplittableRandom random = new SplittableRandom(seed);
        while (true) {
            try {
                RandomKey key = new RandomKey(seed, DecoderSpec.decode(numbers(random, width).encode()));
                if (wanted.test(key.spec)) {
                    key.circuit(0);
                    return key;
                }
            } catch (IllegalArgumentException e) {
                // Numbers that a reader refuses; the next ones may do.
                continue;
            }
        }
    }

    private static DecoderSpec numbers(SplittableRandom random, int most) {
        int vocabulary = random.nextInt(2, 17);
        int width = random.nextInt(most / 2, most + 1);
        boolean rotary = random.nextBoolean();
        int keyHeads = random.nextInt(1, 3);
        int headWidth = rotary ? 2 * random.nextInt(1, 3) : random.nextInt(1, 5);
        int[] ends = random.ints(random.nextInt(3), 0, vocabulary).sorted().distinct().toArray();
        ModelShape shape = new ModelShape(1, keyHeads * random.nextInt(1, 4), keyHeads, headWidth, width,
                random.nextInt(1, 17), vocabulary,
                random.nextBoolean() ? random.nextInt(1, 130) : 1 << random.nextInt(11),
                Arrays.stream(ends).boxed().toList());
        long squares = width * ((1L << 11) * ((1L << 11) - 1) >> IntegerSemantics.groupShift(width));
        int largest = (int) (IntegerSemantics.SQUARE_SUM_LIMIT - 1 - squares);
        List<Integer> eps = new ArrayList<>();
        for (int e = 0; e < 16; e++) {
            int least = e == 0 ? IntegerSemantics.MANT_MIN : 0;
            eps.add(switch (random.nextInt(4)) {
                case 0 -> least;
                case 1 -> largest;
                default -> random.nextInt(least, random.nextBoolean() ? least + 5000 : largest + 1);
            });
        }
        int normShift = random.nextInt(1, 21);
        ExponentialTable exp = exponential(random);
        int qk = Math.min(random.nextInt(1, 61), random.nextInt(1, 61));
        int v = random.nextInt(4) == 0 ? 1 << random.nextInt(13) : random.nextInt(1, 1 << 12);
        int difference = (2 << bits(shape.headWidth())) * qk * qk;
        int mask = difference + exp.support() + (random.nextBoolean() ? 0 : random.nextInt(100));
        int reach = random.nextBoolean() ? mask : random.nextInt(exp.support(), mask + 1);
        Positions positions = rotary ? rotary(random) : new Positions.Learned();
        LayerSpec layer = layer(random, positions);
        return new DecoderSpec(shape, positions, rotary ? random.nextInt(12) : 0, eps, normShift,
                upTo(random, 30 - normShift), exp, upTo(random, 30 - exp.outputShift()), mask, reach, qk, v,
                layer.mlp() instanceof MlpSpec.Gated ? random.nextInt(1, 1 << 15) : 0, List.of(layer));
    }

    private static Positions.Rotary rotary(SplittableRandom random) {
        int scale = random.nextInt(1, 14);
        return new Positions.Rotary(scale, random.nextInt(Math.min(8, 16 - scale) + 1));
    }

    /// 2 .. most, the most half of the time.
    private static int upTo(SplittableRandom random, int most) {
        return random.nextBoolean() ? most : random.nextInt(2, most + 1);
    }

    private static int bits(int n) {
        return 32 - Integer.numberOfLeadingZeros(n - 1);
    }

    private static ExponentialTable exponential(SplittableRandom random) {
        ExponentialTable table = new ExponentialTable(random.nextInt(4, 21), StrictMath.exp(random.nextDouble(-5, 1)));
        if (table.support() > MOST_ENTRIES >> 4) {
            throw new IllegalArgumentException("more entries than a search has time for");
        }
        return table;
    }

    private static LayerSpec layer(SplittableRandom random, Positions positions) {
        ProjectionSpec query = projection(random);
        ProjectionSpec key = projection(random);
        if (positions instanceof Positions.Rotary rotary) {
            // Bits of what is rotated, as few as their table of quotients lets a search enumerate.
            int most = Math.min(30 - rotary.scaleBits(), 14 + rotary.fractionBits());
            int bits = random.nextInt(4, Math.max(4, Math.min(22, most)) + 1);
            query = rotated(random, bits);
            key = rotated(random, bits);
        }
        return new LayerSpec(query, key, projection(random), write(random), mlp(random), write(random));
    }

    private static ProjectionSpec projection(SplittableRandom random) {
        int shift = random.nextInt(1, 17);
        return new ProjectionSpec(shift, interval(random, shift));
    }

    /// Up to all values of so many bits, with the largest shift they allow half of the time.
    private static ProjectionSpec rotated(SplittableRandom random, int bits) {
        int most = Math.min(16, 30 - bits);
        long limit = 1L << bits - 1;
        return new ProjectionSpec(random.nextBoolean() ? most : random.nextInt(1, most + 1), random.nextBoolean()
                ? new Interval(-limit, limit - 1) : new Interval(-random.nextLong(limit), random.nextLong(limit)));
    }

    private static WriteSpec write(SplittableRandom random) {
        int shift = random.nextInt(WriteSpec.MAX_SHIFT + 1);
        if (shift <= WriteSpec.NARROW) {
            return new WriteSpec(shift, new Interval(0, 0));
        }
        long most = Math.min(1 << 24, (M31.P >> shift) & -16L);
        long count = random.nextBoolean() ? most : random.nextLong(1, most + 1);
        long low = -Math.min(random.nextLong(count), 1L << 30 - shift);
        return new WriteSpec(shift, new Interval(low, Math.min(low + count - 1, 1L << 30 - shift)));
    }

    private static MlpSpec mlp(SplittableRandom random) {
        if (random.nextBoolean()) {
            int shift = random.nextInt(1, 17);
            Interval indices = interval(random, shift);
            return new MlpSpec.Plain(shift, (int) indices.lo(), (int) indices.count());
        }
        int shift = random.nextInt(3) == 0 ? 14 : random.nextInt(1, 15);
        Interval indices = interval(random, shift);
        int product = random.nextInt(4, 17);
        int hidden = 1 << random.nextInt(15);
        int up = (int) Math.min((1 << 15) - 1, MOST_ENTRIES / 4 * (1L << product) / hidden);
        return new MlpSpec.Gated(shift, (int) indices.lo(), (int) indices.count(),
                new Interval(-random.nextInt(hidden), random.nextInt(hidden)),
                new Interval(-random.nextInt(up + 1), random.nextInt(up + 1)), product);
    }

    /// Quotients of a shift: for the large shifts often as many as there can be.
    private static Interval interval(SplittableRandom random, int shift) {
        long most = Math.min(MOST_ENTRIES, (M31.P >> shift) & -16L);
        long count = random.nextBoolean() ? most : random.nextLong(1, most + 1);
        long limit = (1L << 30) >> shift;
        long low = switch (random.nextInt(3)) {
            case 0 -> -count / 2;
            case 1 -> random.nextBoolean() ? -limit : limit;
            default -> random.nextLong(-limit, limit + 1);
        };
        return new Interval(low, low + count - 1);
    }

    /// The circuit of a prompt of one id and one generated id.
    Circuit circuit(int generated) {
        return spec.compile(new TokenSequence(new int[] {0, generated}, 1));
    }

    /// An assignment that has the columns of the key.
    Assignment assignment(Circuit circuit) {
        Assignment values = new Assignment();
        for (KeyColumn c : circuit.key()) {
            if (c.column().tree() == Column.Tree.KEY) {
                values.define(c.column(), e -> hostile(random(c.column().name(), e)));
            }
        }
        return values;
    }

    /// Random numbers for something of this key.
    SplittableRandom random(String what, long element) {
        return new SplittableRandom(seed * 0x9E37_79B9_7F4A_7C15L + what.hashCode() * 1_000_003L + element);
    }

    /// A residue, canonical.
    static int hostile(SplittableRandom random) {
        long near = random.nextInt(-2, 3);
        return M31.embed(switch (random.nextInt(6)) {
            case 0 -> near;
            case 1 -> M31.P / 2 + near;
            case 2 -> (1L << random.nextInt(31)) + near;
            case 3 -> near - (1L << random.nextInt(31));
            case 4 -> random.nextInt(-40_000, 40_001);
            default -> random.nextInt(M31.P);
        });
    }
}
