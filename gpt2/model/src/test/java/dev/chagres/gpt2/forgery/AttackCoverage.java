package dev.chagres.gpt2.forgery;

import java.util.List;

/// Which tests tell which kind of forgery, and what a prover may choose.
final class AttackCoverage {
    /// A kind of forgery and its tests.
    ///
    /// @param tests `module:class` or `module:class.method`, of classes whose package is found by their name
    record Kind(int number, String forgery, List<String> tests) {}

    static final List<Kind> KINDS = List.of(
            new Kind(1, "public ids, outputs, key or nonce changed after proving", List.of(
                    "gpt2:ForgeryTest.publicValuesAreBound", "gpt2:ForgeryTest.aProofOfAnotherModelIsRejected",
                    "gpt2:ForgeryTest.aWrongChoiceIsRejected", "gpt2:IntegerForgeryTest.anotherTextIsNotAccepted",
                    "gpt2:WorkForgeryTest.workAfterTheQueries")),
            new Kind(2, "a message boundary moved, a zero appended", List.of(
                    "gpt2:AttackMatrixTest.everyKindOfMessageIsBound",
                    "prover:TranscriptTest.boundariesTagsAndZerosAreAbsorbed")),
            new Kind(3, "any opened value, round polynomial, final value, root of a tree changed", List.of(
                    "gpt2:AttackMatrixTest.everyKindOfMessageIsBound", "gpt2:AttackMatrixTest.everyOpenedValueIsBound",
                    "gpt2:AttackMatrixTest.everyLieIsCaughtByWhatItViolates",
                    "prover:AdaptiveForgeryTest.manyQueriesCatchItAlways",
                    "prover:TranscriptTest.everyBitOfAMessageChangesAllThatIsDrawnLater")),
            new Kind(4, "lookups: values outside their table or in a wrong one, multiplicities, denominator 0, padding",
                    List.of("gpt2:AttackMatrixTest.everyLieIsCaughtByWhatItViolates",
                    "gpt2:ForgeryTest.valuesOutsideTheirTableAreRejected",
                    "gpt2:IntegerForgeryTest.indicesDoNotFallIntoOtherTables",
                    "gpt2:MutationTest.noTableTakesATupleOfAnother",
                    "gpt2:IntegerForgeryTest.pairsOfZeroAreInNoTable",
                    "gpt2:IntegerForgeryTest.equalEntriesShareTheirLookups",
                    "gpt2:TreeForgeryTest.absentLeavesContributeNothing",
                    "gpt2:TreeForgeryTest.aBalancingRootEndsInAFalseClaim",
                    "prover:FractionTreeProverTest.aZeroDenominatorIsRejected",
                    "prover:LookupTreesTest.aValueOutsideItsTableChangesTheSum")),
            new Kind(5, "integers: quotients modulo p, bounds, exponents, roots, softmax offsets, absent channels, "
                    + "padded rows, logits, ties", List.of("gpt2:AttackMatrixTest.everyLieIsCaughtByWhatItViolates",
                    "gpt2:ForgeryTest.keysAtPaddedRowsAreForced",
                            "gpt2:BlocksForgeryTest.maskedPositionsStayMasked",
                            "prover:DeferredTermsTest.everyTermStopsALieThatNothingElseStops",
                            "prover:DeferredTermsTest.errorsOfTwoNormsDoNotCancel",
                            "prover:ProjectionReductionTest.noAccumulatorIsWrong",
                            "gpt2:IntegerForgeryTest.theExponentIsForcedAtItsEdges",
                            "gpt2:IntegerForgeryTest.aResidualWriteDoesNotWrap",
                            "gpt2:IntegerForgeryTest.indicesDoNotFallIntoOtherTables",
                            "gpt2:IntegerForgeryTest.thePeakIsNotReadAtAPaddedChannel",
                            "gpt2:IntegerForgeryTest.tiesGoToTheSmallestWord",
                            "gpt2:IntegerForgeryTest.anIntegerMinusPIsTheSameValue",
                            "gpt2:IntervalCheckTest")),
            new Kind(6, "weights, tables, scales, mask, positions not those of the key", List.of(
                    "gpt2:ForgeryTest.weightsAndTablesAreThoseOfTheKey",
                    "gpt2:ForgeryTest.publicNumbersAreThoseOfTheKey")),
            new Kind(7, "layout: columns or tiles in another order or number", List.of(
                    "gpt2:LayoutForgeryTest.columnsInAnotherOrder", "gpt2:LayoutForgeryTest.tilesInAnotherOrder",
                    "gpt2:LayoutForgeryTest.moreColumns", "gpt2:BlocksForgeryTest.blocksOfScoresBelongToTheirKeys",
                    "prover:OpeningForgeryTest.columnsInAnotherOrderAreAnotherLayout")),
            new Kind(8, "commitment: rows far from the code, wrong columns, depth, positions, repetitions, levels",
                    List.of("prover:OpeningForgeryTest.committedRowsFarFromTheCode",
                    "prover:OpeningForgeryTest.openedColumnsSwapped",
                    "prover:OpeningForgeryTest.columnsOfOtherPositions", "prover:OpeningForgeryTest.anotherDepth",
                    "prover:OpeningForgeryTest.levelsInAnotherOrder",
                    "prover:OpeningForgeryTest.repeatedPositionsAreOpenedOnce",
                    "prover:OpenedColumnsTest.everyByteOfASiblingAndOfTheRootCounts",
                    "prover:OpenedColumnsTest.nodesArePassedOffAsColumns",
                    "prover:OpenedColumnsTest.aCommittedWordIsNotP",
                    "prover:TranscriptTest.positionsAreInRangeAndFollowTheNonce")),
            new Kind(9, "work missing or short at any site, nonce taken after the queries", List.of(
                    "gpt2:WorkForgeryTest.noWork", "gpt2:WorkForgeryTest.noNonceBeforeFolds",
                    "gpt2:WorkForgeryTest.missingNonce",
                    "gpt2:WorkForgeryTest.workAfterTheQueries",
                    "prover:TranscriptTest.aNonceCarriesItsBitsAndNoMore", "prover:OpeningForgeryTest.shortNonce")),
            new Kind(10, "parameters of the proof instead of the key's", List.of(
                    "gpt2:ForgeryTest.weakerParametersAreRejected", "gpt2:KeyForgeryTest.aKeyBelowTheMinimumIsRejected",
                    "gpt2:KeyForgeryTest.keysNextToATarget",
                    "prover:OpeningForgeryTest.levelsInAnotherOrder")),
            new Kind(11, "a claim left unconnected: every value of every column", List.of(
                    "gpt2:AttackMatrixTest.everyLieIsCaughtByWhatItViolates",
                    "gpt2:AttackMatrixTest.everyClaimIsOpened")),
            new Kind(12, "bits flipped, truncation, extension", List.of(
                    "gpt2:ForgeryTest.flippedBitsAreRejected", "gpt2:ForgeryTest.otherLengthsAreRejected",
                    "gpt2:KeyForgeryTest.anyNumberInAKeyIsRefusedOrHarmless",
                    "prover:OpeningForgeryTest.anyFlippedBit",
                    "prover:OpenedColumnsTest.bitsAfterTheLastWordAreZeros",
                    "prover:OpenedColumnsTest.aZeroIsNotSentAsP")),
            new Kind(13, "a text that goes on after a generated end of text: by one id, or from its first id on",
                    List.of("gpt2:MutationTest.everyMutantAcceptsALieThatTheVerifierRejects",
                    "gpt2:MutationTest.theSecondVerifierRejectsEveryLie", "gpt2:MutationTest.theTruthIsAccepted")),
            new Kind(14, "one check or relation missing in the verifier", List.of(
                    "gpt2:MutationTest.everyMutantAcceptsALieThatTheVerifierRejects",
                    "gpt2:MutationTest.everyCheckHasAMutant")),
            new Kind(15, "rotations, shared heads of keys, gated MLPs, wide writes and streams: the angle of "
                    + "another row or the other way round, keys of another group, remainders moved between gate and "
                    + "up, a larger activation where the product is clamped, quotients p / 2^s away, a sum of squares "
                    + "plus p, a score out of reach, tables of another rotation", List.of(
                    "gpt2:AttackMatrixTest.everyLieIsCaughtByWhatItViolates",
                    "gpt2:MutationTest.everyMutantAcceptsALieThatTheVerifierRejects",
                    "gpt2:MutationTest.theSecondVerifierRejectsEveryLie",
                    "gpt2:ForgeryTest.tablesOfTheRotationAreThoseOfTheKey",
                    "gpt2:KeyForgeryTest.anyNumberInAKeyIsRefusedOrHarmless")));

    private AttackCoverage() {}

    static String page() {
        StringBuilder page = new StringBuilder("""

                ## Kinds of forgeries and their tests

                | # | forgery | tests |
                | --- | --- | --- |
                """);
        for (Kind k : KINDS) {
            String tests = String.join(", ", k.tests().stream().map(t -> "`" + t.substring(t.indexOf(':') + 1) + "`")
                    .toList());
            page.append("| ").append(k.number()).append(" | ").append(k.forgery()).append(" | ").append(tests)
                    .append(" |\n");
        }
        page.append("""

                ## What a prover may choose

                The statement does not depend on it; `IntegerForgeryTest` proves with other choices and is accepted:

                - the channel at which the peak of a row is read: any channel with a mantissa outside [-2^10, 2^10); any
                  channel at all if e = 0;
                - how lookups are shared between equal entries of a table (short ranges are repeated up to 16 entries,
                  `norm.k` is there twice);
                - the reference logit of generated rows past the last one, as long as all differences stay in range;
                - which of the integers v and v - p stands for a residue: both commit to the same value.
                """);
        return page.toString();
    }
}
