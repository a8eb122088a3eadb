package dev.chagres.commit;

import dev.chagres.field.CircleDomain;
import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;
import dev.chagres.tensor.Claim;
import dev.chagres.tensor.Eq;
import dev.chagres.transcript.Rejection;
import dev.chagres.transcript.VerifierChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Verifies the opening of many claims against the two roots (docs/protocol-opening.md).
///
/// The caller has already absorbed the parameters, both roots and everything that determines the layouts, and every
/// claimed value, in this order of dependence: the opening's first challenge must depend on all of them.
public final class OpeningVerifier {
    private final VerifierChannel channel;
    private final CommitmentParameters parameters;
    private final AddressSpace space;
    private final byte[] witnessRoot;
    private final byte[] keyRoot;

    /// The running claim about <u, W> and the terms of W.
    private QM31 claim;
    private final List<TensorTerm> terms = new ArrayList<>();
    /// Challenge bound to each slot variable by the lane folds.
    private final QM31[] bound;

    private OpeningVerifier(VerifierChannel channel, CommitmentParameters parameters, AddressSpace space,
            byte[] witnessRoot, byte[] keyRoot) {
        this.channel = channel;
        this.parameters = parameters;
        this.space = space;
        this.witnessRoot = witnessRoot;
        this.keyRoot = keyRoot;
        this.bound = new QM31[parameters.k()];
    }

    /// Reads an opening from the channel and checks it.
    ///
    /// @param space rows of both matrices
    /// @param claims what is opened, in the order of the prover
    /// @throws Rejection if the opening is not accepted; check ids: `open/batch`, `open/merkle`, `open/canonical`,
    ///     `open/clear`, `open/final`, `grind/query`, `grind/fold`, `format/...`
    public static void verify(VerifierChannel channel, CommitmentParameters parameters, AddressSpace space,
            byte[] witnessRoot, byte[] keyRoot, List<Claim> claims) throws Rejection {
        if (space.k() != parameters.k()) {
            throw new IllegalArgumentException("layout rows 2^" + space.k() + ", parameters 2^" + parameters.k());
        }
        new OpeningVerifier(channel, parameters, space, witnessRoot, keyRoot).run(claims);
    }

    private void run(List<Claim> claims) throws Rejection {
        int k = parameters.k();
        BatchedClaims batch = BatchedClaims.of(space, claims, channel.challenge(OpeningTags.GAMMA));
        QM31[] r = batchSumcheck(batch);
        QM31[] rows = Eq.table(Arrays.copyOfRange(r, k, r.length));
        terms.add(new TensorTerm.Equality(Arrays.copyOf(r, k)));

        QM31[] lanes = rows;
        byte[] root = null;
        int last = parameters.levels().size();
        for (int level = 0; level < last; level++) {
            byte[] next = channel.receiveBytes(OpeningTags.ROOT, MerkleProof.NODE_BYTES);
            int[] positions = queries(level);
            QM31[] values = level == 0 ? matrixValues(positions, rows) : laneValues(level, root, positions, lanes);
            addConstraints(level, positions, values);
            lanes = fold(level + 1);
            root = next;
        }
        QM31[] clear = channel.receivePlain(OpeningTags.CLEAR, 1 << parameters.clearBits());
        int[] positions = queries(last);
        QM31[] values = last == 0 ? matrixValues(positions, rows) : laneValues(last, root, positions, lanes);
        checkClear(clear, last, positions, values);
        checkFinal(clear);
    }

    /// Rounds over the low head variables (top of them first), then over the others (top first).
    private QM31[] batchSumcheck(BatchedClaims batch) throws Rejection {
        int n = space.variables();
        int head = parameters.headBits();
        QM31[] r = new QM31[n];
        PrivateValue running = batch.value();
        for (int round = 0; round < n; round++) {
            int variable = round < head ? head - 1 - round : n - 1 - (round - head);
            PrivateValue[] message = channel.receive(OpeningTags.BATCH, 2);
            if (variable >= parameters.k()) {
                foldWork(0);
            }
            QM31 x = channel.challenge(OpeningTags.BATCH);
            running = QuadraticRound.next(running, message[0], message[1], x);
            r[variable] = x;
        }
        claim = channel.receivePlain(OpeningTags.VALUE, 1)[0];
        channel.require("open/batch", running.sub(claim.mul(batch.weightAt(r))),
                "the batched claims do not match the claimed value of the commitment");
        return r;
    }

    /// The work before a challenge that folds the rows of level 0, or the lanes of a later level.
    private void foldWork(int level) throws Rejection {
        if (parameters.foldGrindingBits(level) > 0) {
            channel.checkWork("grind/fold", OpeningTags.GRIND_FOLD, parameters.foldGrindingBits(level));
        }
    }

    private int[] queries(int level) throws Rejection {
        channel.checkWork("grind/query", OpeningTags.GRIND, parameters.grindingBits(level));
        return QueryPositions.draw(channel, parameters, level);
    }

    /// sum_row eq(row) C\[row\]\[q\] over both matrices.
    private QM31[] matrixValues(int[] positions, QM31[] eq) throws Rejection {
        int depth = parameters.codeBits(0);
        int split = space.witness().rows();
        int[][] witness = OpenedColumns.read(channel, witnessRoot, split, depth, positions);
        int[][] key = OpenedColumns.read(channel, keyRoot, space.key().rows(), depth, positions);
        QM31[] values = new QM31[positions.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = QM31.dot(eq, 0, witness[i]).add(QM31.dot(eq, split, key[i]));
        }
        return values;
    }

    /// sum_lane eq(lane) C\[lane\]\[q\] in a ladder level.
    private QM31[] laneValues(int level, byte[] root, int[] positions, QM31[] eq) throws Rejection {
        int[][] words = OpenedColumns.read(channel, root, 4 * eq.length, parameters.codeBits(level), positions);
        QM31[] values = new QM31[positions.length];
        for (int i = 0; i < values.length; i++) {
            int[] w = words[i];
            QM31 sum = QM31.ZERO;
            for (int lane = 0; lane < eq.length; lane++) {
                QM31 element = new QM31(w[4 * lane], w[4 * lane + 1], w[4 * lane + 2], w[4 * lane + 3]);
                sum = sum.add(eq[lane].mul(element));
            }
            values[i] = sum;
        }
        return values;
    }

    /// Adds beta^(i+1) (<u, b(P_i)> = value_i) to the running claim.
    private void addConstraints(int level, int[] positions, QM31[] values) {
        QM31 beta = channel.challenge(OpeningTags.BETA);
        CircleDomain domain = CircleDomain.of(parameters.codeBits(level));
        QM31 power = beta;
        for (int i = 0; i < values.length; i++) {
            terms.add(new TensorTerm.Basis(power, domain.basis(positions[i], parameters.coefficientBits(level))));
            claim = claim.add(power.mul(values[i]));
            power = power.mul(beta);
        }
    }

    /// The lane rounds of ladder level i, top variable first; returns eq(challenges, lane) for every lane.
    private QM31[] fold(int level) throws Rejection {
        int low = parameters.coefficientBits(level);
        int high = parameters.coefficientBits(level - 1);
        for (int v = high - 1; v >= low; v--) {
            QM31[] message = channel.receivePlain(OpeningTags.FOLD, 2);
            foldWork(level);
            bound[v] = channel.challenge(OpeningTags.FOLD);
            claim = QuadraticRound.next(claim, message[0], message[1], bound[v]);
        }
        return Eq.table(Arrays.copyOfRange(bound, low, high));
    }

    private void checkClear(QM31[] clear, int level, int[] positions, QM31[] values) throws Rejection {
        CircleDomain domain = CircleDomain.of(parameters.codeBits(level));
        for (int i = 0; i < positions.length; i++) {
            TensorTerm basis = new TensorTerm.Basis(QM31.ONE, domain.basis(positions[i], parameters.clearBits()));
            if (!basis.dot(clear, bound).equals(values[i])) {
                throw new Rejection("open/clear", "the values in clear do not match the last committed level");
            }
        }
    }

    private void checkFinal(QM31[] clear) throws Rejection {
        QM31 sum = QM31.ZERO;
        for (TensorTerm term : terms) {
            sum = sum.add(term.dot(clear, bound));
        }
        if (!sum.equals(claim)) {
            throw new Rejection("open/final", "the values in clear do not satisfy the folded claim");
        }
    }
}
