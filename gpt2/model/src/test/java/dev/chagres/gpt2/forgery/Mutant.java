package dev.chagres.gpt2.forgery;

/// A check or relation taken out of the verifier, and a lie that is accepted without it: a row of
/// docs/generated/mutation-report.md.
///
/// @param missing what is taken out
/// @param change how
/// @param lie name of the lie, in [AcceptedLies]
/// @param rejected id of the check by which the verifier rejects the lie
/// @param both whether prover and verifier share what is changed, so that the forger follows it
record Mutant(String missing, Change change, String lie, String rejected, boolean both) {
    private static final String PACKAGE = "dev.chagres.";

    /// A change of one class of the verifier.
    sealed interface Change {
        /// Name of the class, without `dev.chagres.`.
        String type();

        /// The class by its full name.
        default String className() {
            return PACKAGE + type();
        }
    }

    /// Rejections with an id are made and not thrown.
    record Silent(String type, String id) implements Change {}

    /// A text of the source, which is there exactly once, is replaced.
    record Edit(String type, String before, String after) implements Change {}

    /// The verifier without a check that has an id.
    ///
    /// @param type where the check is, without `dev.chagres.`
    static Mutant without(String id, String type, String lie) {
        return new Mutant("check `" + id + "`", new Silent(type, id), lie, id, false);
    }

    /// The verifier with an edited class, against a forger with the original.
    static Mutant edited(String missing, String type, String before, String after, String lie, String rejected) {
        return new Mutant(missing, new Edit(type, before, after), lie, rejected, false);
    }

    /// Prover and verifier with an edited class.
    static Mutant shared(String missing, String type, String before, String after, String lie, String rejected) {
        return new Mutant(missing, new Edit(type, before, after), lie, rejected, true);
    }

    /// A reader of keys, and a forger, without a bound.
    static Mutant unreadable(String missing, String type, String before, String after, String lie) {
        return shared(missing, type, before, after, lie, MutantVerdict.UNREADABLE);
    }

    @Override
    public String toString() {
        return missing + ", told: " + lie;
    }
}
