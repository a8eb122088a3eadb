package dev.chagres.gpt2.forgery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What is taken out of the verifier, one at a time, and the lie that shows that it was needed.
final class Mutants {
    /// Checks of the protocol that have no mutant, and why.
    static final Map<String, String> NONE = new LinkedHashMap<>();

    static {
        NONE.put("format/ids", "without it no sequence can be made of the header");
        NONE.put("format/length", "what it refuses is left over at the end: `format/trailing`; it saves reading it");
        NONE.put("format/binding", "without it the bytes cannot be read");
        NONE.put("format/truncated", "without it there is nothing to read");
        NONE.put("statement/lookups", "a sequence that long does not fit a test; `KeyForgeryTest`");
        NONE.put("statement/size", "a witness that large does not fit a test");
        NONE.put("lookup/denominator", "true denominators are 0 with probability 2^-124, said ones fail in the next"
                + " layer; without it a division fails; `FractionTreeProverTest`");
        NONE.put("lookup/zero-challenge", "happens with probability 2^-124; without it a division fails");
        for (String id : List.of("prompt", "output", "incomplete", "key-digest", "binding")) {
            NONE.put("statement/" + id, "asked for by a command, no part of a proof");
        }
    }

    private static final String STATEMENT = "model.decoder.DecoderCompiler";
    private static final String BOUNDS = "model.decoder.SpecBounds";
    private static final String COMPILER = "model.decoder.DecoderCompiler";
    private static final String GATED = "graph.op.GatedHidden";
    /// Where all that is required of values is decided.
    private static final String CHANNEL = "transcript.VerifierChannel";
    private static final String PROOF = "verify.ProofVerifier";
    private static final String OPENING = "commit.OpeningVerifier";
    private static final String NORM = "graph.op.NormReduction";
    private static final String ROWS = "graph.op.NormRows";
    private static final String ABSORBED =
            "state = hash(message(1, tag, Long.BYTES).putLong(data.length).array(), data);";

    /// No table is told from another.
    static final Mutant TABLES = Mutant.shared("the ids of tables", "lookup.LookupChallenges",
            ".sub(separator.mul(QM31.of(table.id())))", "", "a limb of rho + 2^9, counted in the range of 13 bits",
            "lookup/balance");

    private Mutants() {}

    static List<Mutant> all() {
        List<Mutant> all = new ArrayList<>();
        file(all);
        transcript(all);
        lookups(all);
        operations(all);
        opening(all);
        return all;
    }

    private static void file(List<Mutant> all) {
        all.add(Mutant.without("format/header", "proof.ProofHeader", "another magic"));
        all.add(Mutant.without("format/trailing", "transcript.VerifierChannel", "a byte more at the end"));
        all.add(Mutant.edited("canonical elements of messages", "transcript.VerifierChannel",
                "throw notCanonical(\"a field element of \" + tag + \" is not canonical\");", "",
                "a 0 of a message is written as p", "format/canonical"));
        all.add(Mutant.without("statement/key", "proof.Verifier", "the header names another key"));
        all.add(Mutant.edited("the context as a limit", "model.decoder.DecoderSpec", "new ModelLimits(shape.context(),",
                "new ModelLimits(shape.context() + 1,", "a row more than the context", "statement/context"));
        all.add(Mutant.without("statement/vocabulary", STATEMENT, "an id that is one past the vocabulary"));
        all.add(Mutant.without("statement/end-of-text", STATEMENT, "one id after the end of the text"));
        all.add(Mutant.edited("end of text: the id before the last", STATEMENT, "i < ids.length - 1",
                "i < ids.length - 2", "one id after the end of the text", "statement/end-of-text"));
        all.add(Mutant.edited("end of text: the first generated id", STATEMENT, "i >= sequence.promptLength()",
                "i > sequence.promptLength()", "the first generated id ends the text, and two follow",
                "statement/end-of-text"));
        all.add(Mutant.edited("end of text: all ids but the first", "model.ModelLimits",
                "return endOfText.contains(id);", "return endOfText.indexOf(id) == 0;", AcceptedLies.endLie(1),
                "statement/end-of-text"));
        all.add(Mutant.edited("end of text: the last of the ids", "model.ModelLimits",
                "return endOfText.contains(id);",
                "return endOfText.contains(id) && endOfText.indexOf(id) < endOfText.size() - 1;",
                AcceptedLies.endLie(2), "statement/end-of-text"));
        all.add(Mutant.edited("end of text: the first of the ids", "model.ModelLimits",
                "return endOfText.contains(id);", "return endOfText.indexOf(id) > 0;", AcceptedLies.endLie(0),
                "statement/end-of-text"));
        all.add(Mutant.unreadable("keys: r + s of what is rotated is at most 30", BOUNDS, "30 - bits);", "16);",
                "a key with r + s = 32, and y + p / 2^s"));
        all.add(Mutant.unreadable("keys: the shift of a gated MLP is at most 14", BOUNDS, "MAX_GATED_SHIFT = 14;",
                "MAX_GATED_SHIFT = 16;", "a key with a gated shift of 16, and ub - p / 2^s"));
        all.add(Mutant.without("key/security", "proof.Verifier", "a key with few queries"));
    }

    private static void transcript(List<Mutant> all) {
        all.add(Mutant.edited("work before c and beta", PROOF, "parameters.lookupGrindingBits()", "0",
                "no work before the lookup challenges", "grind/lookup"));
        all.add(Mutant.edited("work before the queries", OPENING, "parameters.grindingBits(level)", "0",
                "no work before the queries", "grind/query"));
        all.add(Mutant.edited("work before folds", OPENING, "parameters.foldGrindingBits(level) > 0", "false",
                "no work before folds", "grind/fold"));
        all.add(Mutant.shared("a nonce in the state", "transcript.Transcript", "state = digest;", "",
                "another nonce after everything else", "lookup/layer"));
        all.add(absorbed("key", "the digest of the key in the state", "a proof for a key of another name",
                "grind/lookup"));
        all.add(absorbed("statement", "the statement in the state", "a proof that is bound to bytes afterwards",
                "grind/lookup"));
        all.add(absorbed("witness", "the root of the witness in the state", "counts chosen after c and beta",
                "lookup/balance"));
        all.add(absorbed("fork", "the forks in the state", "three opened values, chosen after gamma", "open/batch"));
    }

    private static Mutant absorbed(String tag, String missing, String lie, String rejected) {
        return Mutant.shared(missing, "transcript.Transcript", ABSORBED,
                "if (!tag.equals(\"" + tag + "\")) { " + ABSORBED + " }", lie, rejected);
    }

    private static void lookups(List<Mutant> all) {
        all.add(TABLES);
        all.add(Mutant.without("lookup/root-numerator", CHANNEL, "rho + 1, the numerator of the tables balances it"));
        all.add(Mutant.without("lookup/root-denominator", CHANNEL,
                "rho + 1, the denominator of the tables balances it"));
        all.add(Mutant.without("lookup/layer", CHANNEL, "rho + 1, root and children of the tables balance it"));
        all.add(Mutant.without("lookup/leaf-numerator", CHANNEL, "rho + 1, its leaf has the numerator 0"));
        all.add(Mutant.without("lookup/leaf-denominator", CHANNEL, "rho + 1, its leaf has the tuple of rho"));
        all.add(Mutant.without("lookup/table-numerator", CHANNEL,
                "rho + 1, the tree has other counts than those committed"));
        all.add(Mutant.without("lookup/table-denominator", CHANNEL,
                "a limb of rho + 2^9, the tree has an entry for it"));
        all.add(Mutant.without("lookup/balance", PROOF, "rho + 1, not counted"));
    }

    private static void operations(List<Mutant> all) {
        all.add(Mutant.without("sumcheck/tokens", CHANNEL, "x + 1 at the input, everything from it"));
        all.add(Mutant.without("sumcheck/products", CHANNEL, "n + 1 with the remainder of n, everything from it"));
        all.add(Mutant.without("sumcheck/squares", CHANNEL, "a sum of squares + 16, everything from it"));
        all.add(Mutant.without("sumcheck/rows", CHANNEL, "rho + 1 with the pair of rho, everything from it"));
        all.add(Mutant.without("sumcheck/acc", CHANNEL, "u + 1 with the remainder of u, everything from it"));
        all.add(Mutant.without("sumcheck/scores", CHANNEL, "a distance + 1, everything from it"));
        all.add(Mutant.without("sumcheck/output", CHANNEL, "o + 1 with the remainder of o, everything from it"));
        all.add(Mutant.without("sumcheck/logits", CHANNEL, "a difference of logits + 1"));
        all.add(Mutant.without("attention/sum", CHANNEL, "slack + 1"));
        all.add(Mutant.without("attention/sum-before", CHANNEL, "excess + 1"));

        all.add(Mutant.shared("norm: (2m + 1) rho = n 2^s + rem - half", NORM,
                "party.challenge(norm.name + \"/products\")", "party.challenge(norm.name + \"/products\").mul(0)",
                "n + 1 with the remainder of n, everything from it", "sumcheck/products"));
        all.add(Mutant.shared("norm: peak = m[J]", NORM, "claim = claim.add(peak.mul(power));", "power = QM31.ZERO;",
                "e + 1 with a peak that no channel has, everything from it", "sumcheck/squares"));
        all.add(Mutant.shared("norm: the channel of the peak has the bits of the row", ROWS,
                "terms.add(new DeferredTerm.Sum(", "java.util.Objects.requireNonNull(new DeferredTerm.Sum(",
                "e + 1 with a peak that no channel has, the read made up for it", "sumcheck/rows"));
        all.add(Mutant.shared("norm: sum = mant 4^k + rest", ROWS, "zero(\"scale\", of(norm.mant)",
                "java.util.Objects.requireNonNull(of(norm.mant)",
                "mant + 1 with the rest of mant, everything from it", "sumcheck/rows"));
        all.add(Mutant.shared("norm: RSQRT + half = rho 2^k + r'", ROWS, "zero(\"root\", of(norm.root)",
                "java.util.Objects.requireNonNull(of(norm.root)",
                "rho + 1 with the pair of rho, everything from it", "sumcheck/rows"));
        for (int bit = 0; bit < 5; bit++) {
            all.add(Mutant.shared("norm: bit " + bit + " is a bit", ROWS, "zero(\"bit\" + b, bit",
                    "if (b != " + bit + ") zero(\"bit\" + b, bit", AcceptedLies.bitLie(bit),
                    "sumcheck/rows"));
        }
        all.add(Mutant.shared("norm: the high limb of a sum has 17 - t bits", "graph.op.NormLookups",
                "tables.range(SUM_BITS - LIMB - groupShift)", "tables.range(LIMB)",
                "a sum of squares plus p, everything from it", "lookup/balance"));
        decoders(all);
        all.add(Mutant.shared("head: the low limb is 0 at the chosen id", "graph.op.ArgmaxHead",
                "party.claim(low, TilePoint.ofTile(point, tile), QM31.ZERO);", "",
                "a reference logit + 1, with all differences", "open/batch"));
        all.add(Mutant.shared("head: the high limb is 0 at the chosen id", "graph.op.ArgmaxHead",
                "party.claim(high, TilePoint.ofTile(point, tile), QM31.ZERO);", "",
                "a reference logit + 2^15, with all differences", "open/batch"));
    }

    private static void decoders(List<Mutant> all) {
        all.add(Mutant.without("sumcheck/rotate", CHANNEL,
                "a key rotated by the angle of another row, everything from it"));
        all.add(Mutant.without("sumcheck/gate", CHANNEL, "a (ub + 1) in place of a ub, everything from it"));
        all.add(Mutant.shared("rotation: the range of y", "graph.op.Projection",
                "TupleComponent.of(1, y, 1L << bits - 1)", "TupleComponent.of(0, y, 0)",
                "y + p / 2^s, everything from it", "lookup/balance"));
        all.add(Mutant.shared("gated: the range of ub", GATED, "TupleComponent.of(1, upper, 1L << UP_BITS - 1)",
                "TupleComponent.of(0, upper, 0)", "ub + p / 2^s, everything from it", "lookup/balance"));
        all.add(Mutant.shared("gated: a pair of remainders, each of s bits", COMPILER, "tables.remainders(g.shift())",
                "tables.range(2 * g.shift())", "ug - 1 with a remainder of one bit more, everything from it",
                "lookup/balance"));
        all.add(Mutant.shared("gated: the challenge between gate and up", "graph.ProductReduction",
                "claims.size() == 1 ? QM31.ONE : party.batching(tag, claims.size())", "QM31.ONE",
                "ug + 1 and ub - 1 with their remainders, everything from them", "sumcheck/acc"));
        all.add(Mutant.shared("wide writes: the table of x' - x", "graph.op.ResidualWrite",
                "new TupleComponent.Term(1, after), new TupleComponent.Term(-1, before)",
                "new TupleComponent.Term(0, after), new TupleComponent.Term(0, before)",
                "x + p / 2^s in a wide write, everything from it", "lookup/balance"));
        all.add(Mutant.shared("attention: a head reads the keys of its group", "graph.op.Attention",
                "(int) ((long) head * keyHeads.count() / heads.count())", "head % keyHeads.count()",
                "heads read those of keys in turn, and what follows is said", "sumcheck/scores"));
        all.add(Mutant.shared("attention: the gap of the exponential's table", COMPILER,
                "tables.exponential(\"exp\", spec.maskOffset(), spec.reach(),",
                "tables.exponential(\"exp\", spec.maskOffset(), spec.maskOffset(),",
                "a text with a score out of reach", "lookup/balance"));
        all.add(Mutant.shared("embedding: the factor of E", "graph.op.Embedding",
                "return shift == 0 ? row : row.times(1L << shift);", "return row;",
                "rows of E without their factor, and what follows is said", "sumcheck/tokens"));
    }

    private static void opening(List<Mutant> all) {
        all.add(Mutant.without("open/batch", CHANNEL, "a reference logit + 1, with all differences"));
        all.add(Mutant.without("open/merkle", "commit.OpenedColumns", "a root of no tree"));
        all.add(Mutant.without("open/canonical", "commit.OpenedColumns", "a row of zeros committed as a row of p"));
        all.add(Mutant.without("open/clear", OPENING, "a value other than the one committed, no levels"));
        all.add(Mutant.without("open/final", OPENING, "a value other than the one committed"));
    }
}
