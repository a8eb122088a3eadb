package dev.chagres.relation;

import dev.chagres.field.QM31;

/// A value that follows from messages of the prover: a message, a public element, or a sum, multiple or product of such.
///
/// Whoever verifies may compute with it, require that it is 0, and claim it of a column; its number is no business of
/// any reduction. So a message may one day stand for a value that it hides, and nothing but this class and the channel
/// that receives it has to know.
public final class PrivateValue {
    public static final PrivateValue ZERO = known(QM31.ZERO);
    public static final PrivateValue ONE = known(QM31.ONE);

    private final QM31 number;

    private PrivateValue(QM31 number) {
        this.number = number;
    }

    /// A value that both parties know.
    public static PrivateValue known(QM31 value) {
        return new PrivateValue(value);
    }

    /// Values that both parties know.
    public static PrivateValue[] known(QM31... values) {
        PrivateValue[] result = new PrivateValue[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = known(values[i]);
        }
        return result;
    }

    public PrivateValue add(PrivateValue other) {
        return new PrivateValue(number.add(other.number));
    }

    public PrivateValue add(QM31 other) {
        return new PrivateValue(number.add(other));
    }

    public PrivateValue sub(PrivateValue other) {
        return new PrivateValue(number.sub(other.number));
    }

    public PrivateValue sub(QM31 other) {
        return new PrivateValue(number.sub(other));
    }

    /// Times a public element.
    public PrivateValue mul(QM31 factor) {
        return new PrivateValue(number.mul(factor));
    }

    /// Times a public integer.
    ///
    /// @param factor in [0, p)
    public PrivateValue mul(int factor) {
        return new PrivateValue(number.mul(factor));
    }

    public PrivateValue mul(PrivateValue other) {
        return new PrivateValue(number.mul(other.number));
    }

    /// The number, for a prover, who knows all of them, and for the last check of an opening. Reductions and the
    /// verifiers of sumchecks and lookups have no use for it.
    public QM31 number() {
        return number;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrivateValue v && number.equals(v.number);
    }

    @Override
    public int hashCode() {
        return number.hashCode();
    }

    @Override
    public String toString() {
        return "a private value";
    }
}
