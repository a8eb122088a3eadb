package dev.chagres.chat;

/// What a run of a template may cost, in steps of about a tenth of a microsecond. Whatever reads, copies or compares
/// more than one value pays for its size before it does so; memory is bounded by the same, as what is kept was copied
/// once.
final class TemplateWork {
    /// Steps of a run; a conversation of a thousand messages takes a few hundred thousand.
    private static final int MAX_STEPS = 2_000_000;
    /// Values inside each other where one is compared or written; those of conversations have about three.
    private static final int MAX_NESTING = 50;
    /// Characters copied in a step.
    private static final int COPIED = 32;
    /// Characters compared in a step while a text is sought in another.
    private static final int SOUGHT = 256;

    /// Steps for a text by itself.
    private static final int TEXT = 3;

    private long steps;

    /// @throws ChatException if the run costs too much
    void steps(long count) {
        steps += count;
        if (steps > MAX_STEPS) {
            throw TemplateRun.refused("takes more than " + MAX_STEPS + " steps");
        }
    }

    /// A text of so many characters is copied or read.
    void characters(long count) {
        steps(1 + count / COPIED);
    }

    /// So many new texts are made, of whatever length.
    void texts(long count) {
        steps(TEXT * count);
    }

    /// One text is sought in another, or a set of characters at the end of a text.
    void search(String in, String part) {
        characters(in.length());
        steps((long) in.length() * part.length() / SOUGHT);
    }

    /// @param depth of a value inside others
    void nesting(int depth) {
        if (depth > MAX_NESTING) {
            throw TemplateRun.refused("looks at more than " + MAX_NESTING + " values inside each other");
        }
    }
}
