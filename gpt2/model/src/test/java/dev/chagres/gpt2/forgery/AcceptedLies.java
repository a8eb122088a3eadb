package dev.chagres.gpt2.forgery;

import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Lies by name. The verifier rejects each, and accepts it where one check or relation is missing: whole proofs by a
/// forger who leaves nothing else false.
final class AcceptedLies {
    /// Tells a lie.
    interface Telling {
        Forged by(CheatingProver p);
    }

    /// What is read at a peak is what its sumcheck asks for, computed from bits as they are.
    private static final Moves READ = new Moves() {
        @Override
        public boolean adapts(String sumcheck) {
            return sumcheck.equals(WitnessLies.NORM + "/squares");
        }

        @Override
        public boolean derives(String sumcheck) {
            return true;
        }
    };

    /// All lies; a name says what is false.
    static final Map<String, Telling> ALL = new LinkedHashMap<>();

    /// Lies under keys that a reader refuses: only a forger without the bound that they exceed can tell them.
    static final Map<String, Telling> UNREADABLE = new LinkedHashMap<>();

    private static final Map<String, Subject> SUBJECTS = new HashMap<>();

    static {
        ALL.put("another magic", StatementLies::magic);
        ALL.put("a byte more at the end", StatementLies::trailing);
        ALL.put("a 0 of a message is written as p", StatementLies::notCanonical);
        ALL.put("the header names another key", StatementLies::digest);
        ALL.put("a row more than the context", StatementLies::context);
        ALL.put("an id that is one past the vocabulary", StatementLies::vocabulary);
        ALL.put("one id after the end of the text", p -> StatementLies.endOfText(p, 2, 0));
        ALL.put("the first generated id ends the text, and two follow", p -> StatementLies.endOfText(p, 3, 0));
        ALL.put("a key with few queries", StatementLies::weak);

        ALL.put("no work before the lookup challenges", p -> FiatShamirLies.lessWork(p, true));
        ALL.put("no work before the queries", p -> FiatShamirLies.lessWork(p, false));
        ALL.put("no work before folds", FiatShamirLies::noFoldWork);
        ALL.put("another nonce after everything else", FiatShamirLies::anotherNonce);
        ALL.put("a proof for a key of another name", FiatShamirLies::anotherName);
        ALL.put("a proof that is bound to bytes afterwards", StatementLies::bound);
        ALL.put("three opened values, chosen after gamma", FiatShamirLies::valuesAfterGamma);
        ALL.put("counts chosen after c and beta", TreeLies::countsAfterChallenges);

        ALL.put("rho + 1, not counted", TreeLies::balance);
        ALL.put("rho + 1, the numerator of the tables balances it", TreeLies::rootNumerator);
        ALL.put("rho + 1, the denominator of the tables balances it", TreeLies::rootDenominator);
        ALL.put("rho + 1, root and children of the tables balance it", TreeLies::layer);
        ALL.put("rho + 1, its leaf has the numerator 0", TreeLies::leafNumerator);
        ALL.put("rho + 1, its leaf has the tuple of rho", TreeLies::leafDenominator);
        ALL.put("rho + 1, the tree has other counts than those committed", TreeLies::tableNumerator);
        ALL.put("a limb of rho + 2^9, the tree has an entry for it", TreeLies::tableDenominator);
        ALL.put("a limb of rho + 2^9, counted in the range of 13 bits", TreeLies::anotherTable);

        witness("x + 1 at the input, everything from it", WitnessLies::embedding);
        witness("n + 1 with the remainder of n, everything from it", WitnessLies.OUTPUT);
        witness("a sum of squares + 16, everything from it", WitnessLies.SQUARES);
        witness("mant + 1 with the rest of mant, everything from it", WitnessLies.MANTISSA);
        witness("rho + 1 with the pair of rho, everything from it", WitnessLies.ROOT);
        for (int bit = 0; bit < 5; bit++) {
            Lie.Change change = WitnessLies.bit(bit);
            ALL.put(bitLie(bit), p -> WitnessLies.told(p, Set.of(), change, (_, _) -> READ));
        }
        witness("e + 1 with a peak that no channel has, everything from it", WitnessLies.PEAK_OF_NO_CHANNEL);
        ALL.put("e + 1 with a peak that no channel has, the read made up for it", p -> WitnessLies.told(p, Set.of(),
                WitnessLies.PEAK_OF_NO_CHANNEL, (_, _) -> READ));
        witness("u + 1 with the remainder of u, everything from it", WitnessLies::projection);
        witness("a distance + 1, everything from it", WitnessLies.SCORE);
        witness("o + 1 with the remainder of o, everything from it", WitnessLies.ATTENDED);
        witness("slack + 1", WitnessLies.SLACK);
        witness("excess + 1", WitnessLies.EXCESS);
        witness("a difference of logits + 1", WitnessLies::logit);
        witness("a reference logit + 1, with all differences", WitnessLies.reference(1));
        witness("a reference logit + 2^15, with all differences", WitnessLies.reference(1 << HeadRows.LIMB));

        rotated("a key rotated by the angle of another row, everything from it", told(DecoderLies::angle));
        rotated("a (ub + 1) in place of a ub, everything from it", told(DecoderLies.gated(GatedCell.PRODUCT)));
        rotated("ug + 1 and ub - 1 with their remainders, everything from them",
                told(DecoderLies.gated(DecoderLies.CANCELLING)));
        rotated("x + p / 2^s in a wide write, everything from it",
                noticed("layer0.output.quotient", DecoderLies::written));
        rotated("ug - 1 with a remainder of one bit more, everything from it",
                noticed("layer0.gated.rems", DecoderLies.gated(GatedCell.GATE_STEP_BACK)));
        rotated("y + p / 2^s, everything from it", noticed("layer0.key.y", DecoderLies::rotated));
        rotated("ub + p / 2^s, everything from it",
                noticed("layer0.gated.ub", DecoderLies.gated(GatedCell.WRAPPED_UP)));
        rotated("heads read those of keys in turn, and what follows is said", DecoderLies::dealtInTurn);
        rotated("rows of E without their factor, and what follows is said", DecoderLies::withoutFactor);
        rotated("a text with a score out of reach", DecoderLies::outOfReach);
        about(Subject.WIDE, "a sum of squares plus p, everything from it",
                noticed("layer0.norm2.quotientHigh0", DecoderLies.SQUARES));
        for (int end = 0; end < StatementLies.ENDS; end++) {
            int which = end;
            rotated(endLie(end), p -> StatementLies.oneOfSeveral(p, which));
        }
        UNREADABLE.put("a key with r + s = 32, and y + p / 2^s", DecoderLies::wideProjection);
        UNREADABLE.put("a key with a gated shift of 16, and ub - p / 2^s", DecoderLies::wideGate);

        ALL.put("a root of no tree", OpeningLies::root);
        ALL.put("a row of zeros committed as a row of p", OpeningLies::notCanonical);
        ALL.put("a value other than the one committed", OpeningLies::values);
        ALL.put("a value other than the one committed, no levels", OpeningLies::valuesInClear);
    }

    private AcceptedLies() {}

    /// The model that a lie is about.
    static Subject subject(String lie) {
        return UNREADABLE.containsKey(lie) ? Subject.ROTATED : SUBJECTS.getOrDefault(lie, Subject.LEARNED);
    }

    private static void about(Subject subject, String name, Telling telling) {
        ALL.put(name, telling);
        SUBJECTS.put(name, subject);
    }

    private static void rotated(String name, Telling telling) {
        about(Subject.ROTATED, name, telling);
    }

    private static Telling told(Lie.Change change) {
        return p -> WitnessLies.told(p, change);
    }

    private static Telling noticed(String lookup, Lie.Change change) {
        return p -> WitnessLies.noticed(p, lookup, change);
    }

    static String endLie(int end) {
        return "one id after the end of the text, number " + end + " of the ids that are one";
    }

    static String bitLie(int bit) {
        return "e + 1, bit " + bit + " of the peak's channel is no bit";
    }

    private static void witness(String name, Lie.Change change) {
        ALL.put(name, p -> WitnessLies.told(p, change));
    }

    /// Tells a lie in the world that this class is loaded in.
    ///
    /// @return the key and the proof
    static byte[][] tell(String lie, String pk, byte[] key, int[] ids, int promptLength) throws IOException {
        try (CheatingProver p = new CheatingProver(Path.of(pk), VerifyingKey.decode(key),
                new TokenSequence(ids, promptLength))) {
            Forged forged = (ALL.containsKey(lie) ? ALL : UNREADABLE).get(lie).by(p);
            return new byte[][] {forged.key(), forged.proof()};
        }
    }
}
