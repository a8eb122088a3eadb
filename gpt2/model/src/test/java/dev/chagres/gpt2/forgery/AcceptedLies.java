package dev.chagres.gpt2.forgery;

import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.statement.TokenSequence;
import java.io.IOException;
import java.nio.file.Path;
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

        ALL.put("a root of no tree", OpeningLies::root);
        ALL.put("a row of zeros committed as a row of p", OpeningLies::notCanonical);
        ALL.put("a value other than the one committed", OpeningLies::values);
        ALL.put("a value other than the one committed, no levels", OpeningLies::valuesInClear);
    }

    private AcceptedLies() {}

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
            Forged forged = ALL.get(lie).by(p);
            return new byte[][] {forged.key(), forged.proof()};
        }
    }
}
