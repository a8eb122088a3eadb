package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.model.decoder.DecoderSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verifier;
import dev.chagres.proof.VerifyingKey;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.statement.Binding;
import dev.chagres.statement.TokenSequence;
import dev.chagres.transcript.Rejection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Statements that do not fit their key, with proofs in which everything else is true.
final class StatementLies {
    private StatementLies() {}

    /// The proof of a prover that has its own idea of the parameters.
    static Forged prove(CheatingProver p, VerifyingKey key, CommitmentParameters used, TokenSequence about) {
        try (CheatingProver.Run r = p.new Run(about, Map.of())) {
            Lookups.count(r.graph, r.witness);
            try (ForgedStream stream = new ForgedStream(r.graph, used, p.key.commitment(TestHosts.of(1)),
                    Verifier.publicInput(key, about, Binding.NONE), r.witness, Moves.NONE)) {
                return Forged.of(key, about, stream.whole());
            }
        }
    }

    private static Forged honest(CheatingProver p, VerifyingKey key, TokenSequence about) {
        return prove(p, key, key.parameters(), about);
    }

    static Forged honest(CheatingProver p) {
        return honest(p, p.verifyingKey, p.sequence);
    }

    /// The key with other sizes, that change nothing in the graph.
    private static VerifyingKey sized(CheatingProver p, int vocabulary, int context, List<Integer> endOfText) {
        DecoderSpec own = p.spec();
        ModelShape s = own.shape();
        ModelShape shape = SpecEdits.withTokens(s, vocabulary, context, endOfText);
        return new VerifyingKey(p.verifyingKey.name(), p.verifyingKey.tokenizer(), SpecEdits.withShape(own, shape),
                p.verifyingKey.parameters(), p.verifyingKey.root());
    }

    /// The largest id of the sequence is one more than the vocabulary has.
    static Forged vocabulary(CheatingProver p) {
        int most = Arrays.stream(p.sequence.ids()).max().orElseThrow();
        return honest(p, sized(p, most, p.spec().shape().context(), List.of()), p.sequence);
    }

    /// One row more than the context, over the same block of positions.
    static Forged context(CheatingProver p) {
        int context = 20;
        TokenSequence longer = p.continued(context + 1);
        return honest(p, sized(p, p.spec().shape().vocab(), context, List.of()), longer);
    }

    /// A sequence that is cut behind a generated id, under a key for which an id of it ends a text.
    ///
    /// @param generated ids of the sequence
    /// @param end position, among them, of the id that ends a text; -1 is the last of the prompt
    static Forged endOfText(CheatingProver p, int generated, int end) {
        int prompt = p.sequence.promptLength();
        int[] ids = Arrays.copyOf(p.sequence.ids(), prompt + generated);
        VerifyingKey key = sized(p, p.spec().shape().vocab(), p.spec().shape().context(), List.of(ids[prompt + end]));
        return honest(p, key, new TokenSequence(ids, prompt));
    }

    /// Ids that end a text in a key of several.
    static final int ENDS = 3;

    /// A sequence that goes on after an id that is one of several which end a text.
    ///
    /// @param which of them, in their order
    static Forged oneOfSeveral(CheatingProver p, int which) {
        int prompt = p.sequence.promptLength();
        int[] ids = p.sequence.ids();
        int vocabulary = p.spec().shape().vocab();
        for (int at = prompt; at < ids.length - 1; at++) {
            int end = ids[at];
            int[] cut = Arrays.copyOf(ids, at + 2);
            // Others that are not generated, as many below as belong there.
            List<Integer> below = unused(cut, prompt, 0, end);
            List<Integer> above = unused(cut, prompt, end + 1, vocabulary);
            if (below.size() >= which && above.size() >= ENDS - 1 - which && count(cut, prompt, end) == 1) {
                List<Integer> ends = new ArrayList<>(below.subList(0, which));
                ends.add(end);
                ends.addAll(above.subList(0, ENDS - 1 - which));
                return honest(p, sized(p, vocabulary, p.spec().shape().context(), ends),
                        new TokenSequence(cut, prompt));
            }
        }
        throw new IllegalStateException("no generated id can be number " + which + " of " + ENDS);
    }

    private static List<Integer> unused(int[] ids, int prompt, int from, int to) {
        return IntStream.range(from, to).filter(v -> count(ids, prompt, v) == 0).boxed().toList();
    }

    private static long count(int[] ids, int prompt, int id) {
        return Arrays.stream(ids, prompt, ids.length).filter(i -> i == id).count();
    }

    /// A key that asks for too few queries.
    static Forged weak(CheatingProver p) {
        VerifyingKey own = p.verifyingKey;
        CommitmentParameters weak = CommitmentParameters.of(own.parameters().k(), 60, 0, 8);
        VerifyingKey key = new VerifyingKey(own.name(), own.tokenizer(), own.spec(), weak, own.root());
        return honest(p, key, p.sequence);
    }

    // --- file ---------------------------------------------------------------------------------------------------

    private interface Change {
        byte[] of(byte[] proof);
    }

    private static Forged changed(CheatingProver p, Change change) {
        Forged f = honest(p);
        return new Forged(f.key(), change.of(f.proof()));
    }

    static Forged magic(CheatingProver p) {
        return changed(p, proof -> {
            proof[7] ^= 1;
            return proof;
        });
    }

    static Forged trailing(CheatingProver p) {
        return changed(p, proof -> Arrays.copyOf(proof, proof.length + 1));
    }

    /// The header names another key; the stream is the one for this key.
    static Forged digest(CheatingProver p) {
        return changed(p, proof -> {
            proof[8] ^= 1;
            return proof;
        });
    }

    /// The file says that the proof is bound to bytes; it was made without any.
    static Forged bound(CheatingProver p) {
        try {
            Proof proof = Proof.decode(honest(p).proof());
            return new Forged(p.verifyingKey.encode(), new Proof(proof.keyDigest(), proof.sequence(),
                    Binding.of(new byte[] {1, 2, 3}), proof.stream()).encode());
        } catch (Rejection e) {
            throw new IllegalStateException(e);
        }
    }

    /// The first message with a 0 in it says p instead, and is absorbed like that.
    static Forged notCanonical(CheatingProver p) {
        try (CheatingProver.Run r = p.new Run(p.sequence, Map.of())) {
            Lookups.count(r.graph, r.witness);
            boolean[] said = {false};
            Forged forged = WitnessLies.proof(p, r, new Moves() {
                @Override
                public byte[] message(int fork, String tag, byte[] data) {
                    for (int i = 0; !said[0] && tag.equals("open") && i < data.length; i += 4) {
                        if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 0 && data[i + 3] == 0) {
                            said[0] = true;
                            Arrays.fill(data, i, i + 3, (byte) -1);
                            data[i + 3] = Byte.MAX_VALUE;
                        }
                    }
                    return data;
                }
            });
            if (!said[0]) {
                throw new IllegalStateException("no opened value has a 0");
            }
            return forged;
        }
    }
}
