package dev.chagres.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.chagres.commit.CommitmentParameters;
import dev.chagres.commit.CommitmentParameters.Level;
import dev.chagres.commit.OpeningSize;
import dev.chagres.commit.SecurityAccount;
import dev.chagres.gpt2.SpecEdits;
import dev.chagres.graph.Graph;
import dev.chagres.model.ModelSpec;
import dev.chagres.model.decoder.ModelShape;
import dev.chagres.statement.TokenSequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The account of GPT-2 small at 1024 rows, all generated, with rows of 2^21; every number is computed by hand from
/// docs/soundness.md and docs/protocol-graph.md.
///
/// Widths: 768 = 3 * 2^8, 12 heads of 2^6, 3072 = 3 * 2^10, 50257 in 25 * 2^11 = 51200. Rows: 8 blocks of 2^7. Elements
/// of an activation: X = 1024 * 768 = 786,432; hidden Y = 1024 * 3072 = 3,145,728; scores Z = 36 block pairs * 12 *
/// 2^14 = 7,077,888; heads U = 12 * 1024 = 12,288; logits V = 1024 * 51200 = 52,428,800. There are 25 norms.
class ProofSecurityTest {
    private static final Map<String, SecurityAccount.Step> STEPS = new LinkedHashMap<>();
    private static ModelSpec spec;
    private static Graph graph;
    private static SecurityAccount account;

    @BeforeAll
    static void compile() {
        ModelShape shape = SpecEdits.shape(12, 12, 64, 768, 3072, 50257, 1024, 50256);
        spec = PublicModels.of(shape);
        graph = spec.compile(new TokenSequence(new int[1025], 1)).graph();
        account = ProofSecurity.of(ProofShape.of(graph, CommitmentParameters.forKey(21)));
        account.steps().forEach(s -> STEPS.put(s.name(), s));
    }

    private static void step(String name, double bits, long count) {
        SecurityAccount.Step s = STEPS.remove(name);
        assertThat(s).as(name).isNotNull();
        assertThat(s.bits()).as(name).isCloseTo(bits, within(1e-3));
        assertThat(s.count()).as(name).isEqualTo(count);
    }

    @Test
    void everyStepIsCountedByHand() {
        // A norm looks up 4 X + 17 * 1024 (e; three limbs of three groups; k, mant, two pairs, two limbs of rho,
        // peak) = 3,163,136. A layer without its norms: query, key, value 2 X each, attention Z + 4 U + 2 X, two writes
        // X each, up 2 Y: 4,718,592 + 8,699,904 + 1,572,864 + 6,291,456 = 21,282,816. Head: 2 V. 12 * 21,282,816 + 25 *
        // 3,163,136 + 104,857,600
        // = 439,329,792.
        assertThat(graph.lookups()).isEqualTo(439_329_792);
        // Tables: norm.e 16, norm.k 16, log2 65,536, peak 6,144, rsqrt 49,152; ranges 12, 17, 13, 9, 4, 16, 14, 2, 11,
        // 3, 15: 4,096 + 131,072 + 8,192 + 512 + 16 + 65,536 + 16,384 + 16 + 2,048 + 16 + 32,768; exp 64 * 65,536
        // (4,130,025 entries in tiles of 2^16); clamps 5 * 512 and 8 * 512; 12 gelus of 5 * 2,048. In all 4,705,360. 5
        // (439,329,792 + 4,705,360) = 2,220,175,760 = 2^31.0480; 124 - 31.0480 + 16.
        step("lookups", 108.9520, 1);
        // Depths: twelve layers of 21,282,816 + 2 * 3,163,136 = 27,609,088 leaves, 25; head 108,020,736, 27; tables 23.
        step("fraction tree layer", 124, 2 * (12 * 25 + 27 + 23));
        step("fraction tree round", 124 - 1.58496, 12 * 25 * 24 / 2 + 27 * 26 / 2 + 23 * 22 / 2);
        // Variables: row 7, block 3, channel 8 + 2, head 4 + 6, hidden 10 + 2, token 11 + 5. Rounds of degree 2: norm 2
        // (channel^ of products); the product of query, key and value 8 + 2 + 4 + 3, output 6 + 4 + 2 + 3, up
        // 8 + 2 + 2 + 3, down 10 + 2 + 2 + 3; scores 6 + 3 + 3, outputs 7 + 3 + 3; tokens 16; logits 8 + 7 + 2 + 3.
        step("sumcheck round, degree 2", 123, 25 * 2 + 12 * (17 + 15 + 15 + 17 + 12 + 13) + 16 + 20);
        // Degree 3: norm 10 of products, 20 of squares; the head variables of scores and of outputs.
        step("sumcheck round, degree 3", 124 - 1.58496, 25 * 30 + 12 * 8);
        // Degree 2 + 10 bits: the rows of all norms.
        step("sumcheck round, degree 12", 124 - 3.58496, 10);
        // Points: squares of every norm, and the rows of all of them, 7 + 3; row sums 7 + 4 + 3; embedding
        // 7 + 8 + 2 + 3; head 7 + 11 + 5 + 3.
        step("random point, 10 coordinates", 124 - 3.32193, 26);
        step("random point, 14 coordinates", 124 - 3.80735, 12);
        step("random point, 20 coordinates", 124 - 4.32193, 1);
        step("random point, 26 coordinates", 124 - 4.70044, 1);
        // Products and groups of every norm, projections of every layer, and 25 * (3 + 10) = 325 statements on rows.
        step("batching of up to 512 statements", 115, 25 * 2 + 12 + 1);
        // Claims: a norm 30 at its leaves, 5 + 4, 10 + 1 in its two parts, and 26 of its rows, bits among them; a
        // projection 6, but those of three have one claim about their input, attention 7 + 3 + 6 + 3, a write 5;
        // embedding 3; head 2 + 4 + 2 and two for each of 1024 words; 31 tables with 17 key columns.
        // 25 * 76 + 12 * (24 - 2 + 19 + 10) + 3 + 2056 + 48 = 4619 = 2^12.1734.
        step("batching of claims", 111.8266, 1);
        step("batching sumcheck, slot variable", 123, 21);
        // Rows: a tile takes at least 256 values, and packing of powers of two wastes less than a row. Key: tokens
        // 39,321,600, positions 786,432, layers 12 * 7,091,712, head 39,321,600 + 51,200, tables 49,152 + 131,072 +
        // 6,656 + 122,880: 164,891,136 / 2^21 = 78.6. Witness: x 786,432, norms 25 (2 X + 34 * 8 * 256), layers 12 (9
        // X + 2 Y + 2 Z + 5 * 96 *
        // 256), head 2 V + 2,048, counts 4,706,560: 483,191,040 / 2^21 = 230.4. 79 + 231 = 310 rows, 9 variables.
        step("level 0 row fold", 102, 9);
        step("level 0 queries", 100.0270, 1);
        step("level 1 queries", 100.4782, 1);
        step("level 2 queries", 100.4782, 1);
        step("level 3 queries", 100.4782, 1);
        step("level 0 batching of queries", 124 - 7.55459, 1);
        step("level 1 batching of queries", 124 - 6.42626, 1);
        step("level 2 batching of queries", 124 - 6.42626, 1);
        // Lanes 4, 4, 3: coefficients of 2^17, 2^13, 2^10 and codes of 2^21, 2^17 and 2^14.
        step("level 1 lane fold", 103, 4);
        step("level 2 lane fold", 107, 4);
        step("level 3 lane fold", 110 - 0.00026, 3);
        step("hash collision", 112, 1);
        assertThat(STEPS).as("steps that were not counted").isEmpty();
    }

    /// 48 layers have 97 norms, with 3 + 5 statements on rows each for channels of 5 bits.
    @Test
    void moreStatementsOnRowsAreCounted() {
        ModelShape deep = SpecEdits.shape(48, 2, 16, 32, 64, 50, 64);
        Graph many = PublicModels.of(deep).compile(new TokenSequence(new int[20], 1)).graph();
        assertThat(ProofSecurity.of(ProofShape.of(many, CommitmentParameters.forKey(19))).steps())
                .filteredOn(s -> s.name().startsWith("batching of up to")).satisfiesExactly(
                s -> assertThat(s.count()).isEqualTo(97 * 2 + 48),
                s -> {
                    assertThat(s.name()).isEqualTo("batching of up to 776 statements");
                    assertThat(s.bits()).isCloseTo(124 - 9.59991, within(1e-3));
                    assertThat(s.count()).isEqualTo(1);
                });
    }

    @Test
    void theWeakestStepIsAQueryDraw() {
        assertThat(account.minimum()).isCloseTo(100.0270, within(1e-4));
        assertThat(account.level()).isEqualTo(100);
        // Costs in units of 2^-100: queries 0.9815 + 3 * 0.7179 = 3.1352, row folds 9/4 = 2.25, lane folds 4/2^3 + 4/2^7 +
        // 3/2^10 = 0.5342, lookups 2^-8.9520 = 0.0020, claims 2^-11.8266 = 0.0003, batching in operations 63/2^15 =
        // 0.0019, collisions 2^-12 = 0.0002, rounds of trees and sumchecks below 0.0010.
        assertThat(account.sumOfCosts()).isCloseTo(100 - Math.log(5.9248) / Math.log(2), within(1e-3));
        // Without the 22 bits of work the queries fail with 2^-78 * 3.1352; no other step is worth less than 92 bits.
        assertThat(account.interactive()).isCloseTo(78 - Math.log(3.1352) / Math.log(2), within(1e-3));
    }

    /// 110 bits: 213 queries in level 0 and 97 in the others, 9 bits of work before row folds (102), 8 and 4 before
    /// lane folds (103, 107), 1 before the last ones (a hair below
    /// 110), and 18 before the lookups (92.95). The opening is 12 % larger.
    @Test
    void theSameFor110Bits() {
        CommitmentParameters standard = ProofSecurity.choose(spec, 100);
        assertThat(standard).isEqualTo(CommitmentParameters.forKey(21));
        CommitmentParameters higher = ProofSecurity.choose(spec, 110);
        assertThat(higher).isEqualTo(new CommitmentParameters(21, 1, 213, 22, 9,
                List.of(new Level(4, 4, 97, 22, 8), new Level(4, 4, 97, 22, 4), new Level(3, 4, 97, 22, 1)), 18, 110));
        assertThat(ProofSecurity.of(ProofShape.of(graph, higher)).level()).isEqualTo(110);
        assertThat(ProofSecurity.requiredBits(higher)).isEqualTo(110);
        assertThat(ProofSecurity.requiredBits(standard)).isEqualTo(100);
        double more = OpeningSize.STANDARD.bytes(higher, 231, 79) / OpeningSize.STANDARD.bytes(standard, 231, 79);
        assertThat(more).isBetween(1.10, 1.20);
    }
}
