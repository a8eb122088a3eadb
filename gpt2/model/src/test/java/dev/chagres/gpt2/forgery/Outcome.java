package dev.chagres.gpt2.forgery;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.lookup.Lookup;
import dev.chagres.proof.Proof;
import dev.chagres.proof.Verdict;
import dev.chagres.proof.Verifier;
import dev.chagres.prove.forgery.Findings;
import dev.chagres.prove.forgery.ForgedStream;
import dev.chagres.prove.forgery.Lookups;
import dev.chagres.prove.forgery.Moves;
import dev.chagres.prove.host.TestHosts;
import dev.chagres.statement.Binding;
import dev.chagres.verify.PublicInput;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// What became of a lie.
///
/// @param check id of the verifier's first failed check, or `accepted`
/// @param violated everything that is false before the opening, by name: lookups with tuples outside their table,
///     sumchecks, other checks
/// @param tuples number of tuples outside their tables
record Outcome(String check, TreeSet<String> violated, int tuples) {
    static final String ACCEPTED = "accepted";
    private static final String TRUNCATED = "format/truncated";

    /// Counts, proves and verifies; the proof is made as far as the verifier wants to see it.
    static Outcome of(CheatingProver prover, CheatingProver.Run r, Moves moves, boolean counted) {
        Map<Lookup, List<Long>> missing = counted ? Map.of() : Lookups.count(r.graph, r.witness);
        PublicInput input = Verifier.publicInput(prover.verifyingKey, r.about, Binding.NONE);
        CommitmentParameters parameters = prover.verifyingKey.parameters();
        try (ForgedStream stream = stream(prover, r, moves)) {
            byte[] proof = stream.sections();
            String check = verify(prover, r, proof);
            if (check.equals(TRUNCATED)) {
                proof = stream.withTables();
                check = verify(prover, r, proof);
            }
            TreeSet<String> violated = new TreeSet<>(Findings.of(r.graph, parameters, input, proof));
            // Multiplicities that are counted balance what is in its table; the rest of the proof was not needed.
            violated.remove(TRUNCATED);
            if (!missing.isEmpty()) {
                violated.remove("lookup/balance");
                missing.keySet().forEach(s -> violated.add(s.name()));
            }
            if (check.equals(TRUNCATED)) {
                check = verify(prover, r, stream.whole());
            }
            return new Outcome(check, violated, missing.values().stream().mapToInt(List::size).sum());
        }
    }

    /// The stream of a run whose lookups are counted.
    static ForgedStream stream(CheatingProver prover, CheatingProver.Run r, Moves moves) {
        return new ForgedStream(r.graph, prover.verifyingKey.parameters(), prover.key.commitment(TestHosts.of(1)),
                Verifier.publicInput(prover.verifyingKey, r.about, Binding.NONE), r.witness, moves);
    }

    /// Id of the verifier's first failed check, or `accepted`.
    static String verify(CheatingProver prover, CheatingProver.Run r, byte[] stream) {
        byte[] proof = new Proof(prover.verifyingKey.digest(), r.about, stream).encode();
        return new Verifier(prover.verifyingKey).verify(proof) instanceof Verdict.Rejected rejected
                ? rejected.check() : ACCEPTED;
    }
}
