package dev.chagres.gpt2.forgery;

import dev.chagres.gpt2.SpecEdits;
import dev.chagres.gpt2.forgery.Lie.Place;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.LayerSpec;
import dev.chagres.model.decoder.MlpSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.model.decoder.ProjectionSpec;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.data.HostTensor;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.semantics.DomainException;
import dev.chagres.semantics.Interval;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.tensor.Axis;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Whole proofs in which one thing is false, about what a [RotaryModel] has and GPT-2 does not.
final class DecoderLies {
    private static final String ROTATION = "layer0.keyRotation";
    private static final String GATED = "layer0.gated";
    private static final String ATTENTION = "layer0.attention";
    private static final String EMBEDDING = "embedding";
    /// Texts among which one has a score out of reach.
    private static final int TEXTS = 300;
    /// The seed of one that has.
    private static final int FIRST_TEXT = 61;

    private DecoderLies() {}

    // --- one value ----------------------------------------------------------------------------------------------

    /// A key rotated by the position of the next row.
    static boolean angle(CheatingProver.Run r, Place at) {
        RotatedPair pair = new RotatedPair(r, ROTATION, at.row(), at.index());
        pair.angle(at.row() + 1);
        boolean changed = pair.turn();
        pair.write();
        return changed;
    }

    /// What is rotated plus p / 2^s.
    static boolean rotated(CheatingProver.Run r, Place at) {
        RotatedPair pair = new RotatedPair(r, ROTATION, at.row(), at.index());
        boolean possible = pair.wrapped(r.spec().layers().getFirst().key().shift());
        pair.write();
        return possible;
    }

    /// A change of one hidden value.
    static Lie.Change gated(GatedCell.Change change) {
        return (r, at) -> {
            GatedCell cell = new GatedCell(r, GATED, at.row(), at.index());
            boolean possible = change.apply(cell);
            cell.write();
            return possible;
        };
    }

    /// The errors of gate and up are opposite, at the same place.
    static final GatedCell.Change CANCELLING = c -> {
        c.ug++;
        c.ub--;
        return c.activate();
    };

    /// A residual write plus p / 2^s.
    static boolean written(CheatingProver.Run r, Place at) {
        return LieBook.wrapped(r, "layer0.output", r.spec().layers().getFirst().output().shift(), at);
    }

    /// A sum of squares plus p, its remainder one less.
    static final Lie.Change SQUARES = (r, at) -> {
        NormRow n = new NormRow(r, WitnessLies.NORM, "layer0.output.x", at.row());
        n.high[0] += 1L << 31 - n.groupShift - NormRow.LIMB;
        n.rest[0]--;
        n.from(NormRow.Step.SCALE);
        n.write();
        return n.rest[0] >= 0;
    };

    // --- one relation, everywhere -------------------------------------------------------------------------------

    /// The prompt and one id, which is what a lie makes of it.
    private static Forged oneId(CheatingProver p, Consumer<CheatingProver.Run> lie) {
        TokenSequence about = answered(p, p.sequence.prompt(), p.spec(), lie);
        try (CheatingProver.Run r = p.new Run(about, Map.of())) {
            lie.accept(r);
            Map<?, ?> missing = Lookups.count(r.graph, r.witness);
            if (!missing.isEmpty()) {
                throw new IllegalStateException("the lie cannot be told: " + missing.keySet());
            }
            return WitnessLies.proof(p, r, Moves.NONE);
        }
    }

    /// A prompt with the id that is chosen after it.
    private static TokenSequence answered(CheatingProver p, int[] prompt, DecoderSpec spec,
            Consumer<CheatingProver.Run> lie) {
        return answered(p, prompt, spec, Map.of(), lie);
    }

    private static TokenSequence answered(CheatingProver p, int[] prompt, DecoderSpec spec,
            Map<String, HostTensor> otherKeyData, Consumer<CheatingProver.Run> lie) {
        int[] ids = Arrays.copyOf(prompt, prompt.length + 1);
        try (CheatingProver.Run r = p.new Run(spec, new TokenSequence(ids, prompt.length), otherKeyData)) {
            lie.accept(r);
            long[] logits = new HeadRows(r).logits(prompt.length - 1);
            for (int v = 1; v < spec.shape().vocab(); v++) {
                ids[prompt.length] = logits[v] > logits[ids[prompt.length]] ? v : ids[prompt.length];
            }
        }
        return new TokenSequence(ids, prompt.length);
    }

    /// Heads read those of keys and values in turn.
    static Forged dealtInTurn(CheatingProver p) {
        return oneId(p, r -> {
            ModelShape shape = r.spec().shape();
            for (int head = 0; head < shape.heads(); head++) {
                for (int row = 0; row < r.rows(); row++) {
                    AttentionRow a = new AttentionRow(r, "layer0", head, row);
                    a.attend(head % shape.keyHeads());
                    a.output(head % shape.keyHeads());
                    a.store();
                }
            }
            r.again(ATTENTION);
        });
    }

    /// Rows of E without their factor.
    static Forged withoutFactor(CheatingProver p) {
        return oneId(p, r -> {
            HostTensor x = r.data(EMBEDDING + ".x");
            for (long i = 0; i < x.size(); i++) {
                x.set(i, x.get(i) >> r.spec().embeddingShift());
            }
            r.again(EMBEDDING);
        });
    }

    /// The angles of another base, and everything from them.
    static Forged otherAngles(CheatingProver p) {
        Map<String, HostTensor> other = new HashMap<>();
        for (boolean sine : new boolean[] {false, true}) {
            String name = sine ? "rotation.sin" : "rotation.cos";
            HostTensor own = p.keyTensor(name);
            HostTensor angles = new HostTensor(Arena.ofAuto().allocate(own.data().byteSize(), 64), own.width());
            int positions = p.spec().shape().context();
            for (int i = 0; i < own.size(); i++) {
                int pair = i / positions;
                double angle = i % positions * Math.pow(1000, -2.0 * pair / p.spec().shape().headWidth());
                double value = sine ? Math.sin(angle) : Math.cos(angle);
                angles.set(i, 2 * pair < p.spec().shape().headWidth()
                        ? (int) Math.round((1 << RotaryModel.SCALE) * value) : 0);
            }
            other.put(name, angles);
        }
        TokenSequence about = answered(p, p.sequence.prompt(), p.spec(), other, CheatingProver::nothing);
        try (CheatingProver.Run r = p.new Run(about, other)) {
            Lookups.count(r.graph, r.witness);
            return WitnessLies.proof(p, r, Moves.NONE);
        }
    }

    // --- reach --------------------------------------------------------------------------------------------------

    /// A text with a score that is out of reach, computed as if the table had no gap.
    static Forged outOfReach(CheatingProver p) {
        DecoderSpec own = p.spec();
        DecoderSpec whole = SpecEdits.with(own, own.shape(), own.eps(), own.normShift(), own.exponential(),
                own.maskOffset(), own.maskOffset(), own.layers());
        for (int i = 0; i < TEXTS; i++) {
            int[] prompt = new SplittableRandom(FIRST_TEXT + i)
                    .ints(p.sequence.promptLength(), 0, own.shape().vocab()).toArray();
            TokenSequence about = answered(p, prompt, whole, CheatingProver::nothing);
            try (CheatingProver.Run r = p.new Run(whole, about, Map.of())) {
                if (inGap(r, own)) {
                    try (CheatingProver.Run told = p.new Run(r)) {
                        Lookups.count(told.graph, told.witness);
                        return WitnessLies.proof(p, told, Moves.NONE);
                    }
                }
            }
        }
        throw new IllegalStateException("no text has a score out of reach");
    }

    /// Whether a distance, and no masked one, is in no tile of the table.
    private static boolean inGap(CheatingProver.Run r, DecoderSpec own) {
        int bits = Math.clamp(Axis.ceilLog2(own.maskOffset() + own.reach() + 1) - 3L, 4, 16);
        boolean found = false;
        for (int head = 0; head < own.shape().heads(); head++) {
            for (int row = 0; row < r.rows(); row++) {
                long[] distance = new AttentionRow(r, "layer0", head, row).distance;
                for (int j = 0; j < distance.length; j++) {
                    boolean gap = distance[j] >> bits > own.reach() >> bits
                            && distance[j] >> bits < own.maskOffset() - own.reach() >> bits;
                    found |= gap && j <= row;
                }
            }
        }
        return found;
    }

    // --- keys that are refused ----------------------------------------------------------------------------------

    /// A key with r + s = 32, and a second y of one residue.
    static Forged wideProjection(CheatingProver p) {
        return underKey(p, l -> new LayerSpec(l.query(), new ProjectionSpec(14, new Interval(3 - (1 << 16), 1 << 16)),
                l.value(), l.output(), l.mlp(), l.down()), DecoderLies::rotated);
    }

    /// A key with a gated shift of 16, and a second ub of one residue.
    static Forged wideGate(CheatingProver p) {
        int most = (1 << 15) - 1;
        return underKey(p, l -> {
            MlpSpec.Gated g = (MlpSpec.Gated) l.mlp();
            return new LayerSpec(l.query(), l.key(), l.value(), l.output(), new MlpSpec.Gated(16, g.base(),
                    g.entries(), g.hidden(), new Interval(-most, most), g.productShift()), l.down());
        }, gated(GatedCell.WRAPPED_DOWN));
    }

    /// The proof of a lie that no lookup notices, under a key of the same weights with other public numbers.
    private static Forged underKey(CheatingProver p, UnaryOperator<LayerSpec> edit, Lie.Change change) {
        DecoderSpec own = p.spec();
        DecoderSpec spec = SpecEdits.with(own, own.shape(), own.exponential(),
                own.layers().stream().map(edit).toList());
        VerifyingKey mine = p.verifyingKey;
        VerifyingKey key = new VerifyingKey(mine.name(), mine.tokenizer(), spec, mine.parameters(), mine.root());
        TokenSequence about = answered(p, p.sequence.prompt(), spec, CheatingProver::nothing);
        List<String> seen = new ArrayList<>();
        for (Place place : WitnessLies.places()) {
            try (CheatingProver.Run r = p.new Run(spec, about, Map.of())) {
                if (change.apply(r, place) && Lookups.count(r.graph, r.witness).isEmpty()) {
                    try (ForgedStream stream = new ForgedStream(r.graph, key.parameters(),
                            p.key.commitment(TestHosts.of(1)), Verifier.publicInput(key, about, Binding.NONE),
                            r.witness, Moves.NONE)) {
                        return Forged.of(key, about, stream.whole());
                    }
                }
                seen.add(place + " " + Lookups.count(r.graph, r.witness).keySet());
            } catch (DomainException outside) {
                seen.add(outside.toString());
            }
        }
        throw new IllegalStateException("the lie cannot be told: " + seen);
    }
}
