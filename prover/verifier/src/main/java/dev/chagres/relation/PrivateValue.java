package dev.chagres.relation;

import dev.chagres.field.QM31;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// A value that follows from messages of the prover: a message, a public element, or a sum, multiple or product of
/// such.
///
/// A message may be sent with a mask added. So a value is its *number*, computed from messages as they were sent, less
/// its *form*, a linear combination of masks and of products of two masks. Whoever verifies may compute with values,
/// require that they are 0, and claim them of columns; a number that were used as if it were the value would be a hole
/// that no honest proof shows, and cannot be had of a value that has a form.
public final class PrivateValue {
    public static final PrivateValue ZERO = known(QM31.ZERO);
    public static final PrivateValue ONE = known(QM31.ONE);

    /// Two messages whose masks are multiplied, by number, the smaller first.
    record Pair(int first, int second) implements Comparable<Pair> {
        static Pair of(int i, int j) {
            return new Pair(Math.min(i, j), Math.max(i, j));
        }

        @Override
        public int compareTo(Pair other) {
            return first != other.first ? Integer.compare(first, other.first) : Integer.compare(second, other.second);
        }
    }

    private final QM31 number;
    /// Null where nothing is hidden.
    private final Form form;
    /// Coefficients, in the form, of products of masks that no product mask has been named for; null for none.
    private final Map<Pair, QM31> products;

    private PrivateValue(QM31 number, Form form, Map<Pair, QM31> products) {
        this.number = number;
        this.form = form;
        this.products = products;
    }

    /// A value that both parties know.
    public static PrivateValue known(QM31 value) {
        return new PrivateValue(value, null, null);
    }

    /// Values that both parties know.
    public static PrivateValue[] known(QM31... values) {
        PrivateValue[] result = new PrivateValue[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = known(values[i]);
        }
        return result;
    }

    /// What a message stands for that was sent with a mask.
    static PrivateValue masked(QM31 sent, Form.Mask mask) {
        return new PrivateValue(sent, Form.of(mask), null);
    }

    public PrivateValue add(PrivateValue other) {
        return combined(number.add(other.number), other, QM31.ONE);
    }

    public PrivateValue add(QM31 other) {
        return new PrivateValue(number.add(other), form, products);
    }

    public PrivateValue sub(PrivateValue other) {
        return combined(number.sub(other.number), other, QM31.ONE.neg());
    }

    public PrivateValue sub(QM31 other) {
        return new PrivateValue(number.sub(other), form, products);
    }

    private PrivateValue combined(QM31 sum, PrivateValue other, QM31 factor) {
        if (isKnown() && other.isKnown()) {
            return known(sum);
        }
        return new PrivateValue(sum, Form.sum(form, QM31.ONE, other.form, factor),
                merged(products, QM31.ONE, other.products, factor));
    }

    /// Times a public element.
    public PrivateValue mul(QM31 factor) {
        return isKnown() ? known(number.mul(factor)) : new PrivateValue(number.mul(factor),
                Form.sum(form, factor, null, null), merged(products, factor, null, null));
    }

    /// Times a public integer.
    ///
    /// @param factor in [0, p)
    public PrivateValue mul(int factor) {
        return isKnown() ? known(number.mul(factor)) : mul(QM31.of(factor));
    }

    /// The product. Of two values with forms each must be a sum of multiples of messages: what contains a product is
    /// not multiplied again.
    ///
    /// @throws IllegalStateException if one of them contains a product
    public PrivateValue mul(PrivateValue other) {
        if (other.isKnown()) {
            return mul(other.number);
        }
        if (isKnown()) {
            return other.mul(number);
        }
        if (products != null || other.products != null) {
            throw new IllegalStateException("a product of two messages is multiplied again");
        }
        // (x - a)(y - b) = x y - (x b + y a - a b)
        Map<Pair, QM31> ab = new TreeMap<>();
        Map<Form.Mask, QM31> second = other.form.coefficients();
        form.coefficients().forEach((i, u) -> second.forEach((j, v) ->
                ab.merge(Pair.of(message(i), message(j)), u.mul(v).neg(), QM31::add)));
        return new PrivateValue(number.mul(other.number), Form.sum(form, other.number, other.form, number), ab);
    }

    private static int message(Form.Mask mask) {
        if (mask.kind() != Form.Kind.MESSAGE) {
            throw new IllegalStateException("a product of two messages is multiplied again");
        }
        return mask.number();
    }

    private static Map<Pair, QM31> merged(Map<Pair, QM31> x, QM31 a, Map<Pair, QM31> y, QM31 b) {
        if (x == null && y == null) {
            return null;
        }
        Map<Pair, QM31> result = new TreeMap<>();
        if (x != null) {
            x.forEach((pair, u) -> result.put(pair, u.mul(a)));
        }
        if (y != null) {
            y.forEach((pair, u) -> result.merge(pair, u.mul(b), QM31::add));
        }
        return result;
    }

    /// Whether its number is the value: it follows from public elements and from messages without masks.
    public boolean isKnown() {
        return form == null && products == null;
    }

    /// The number, for a prover, who knows all values.
    ///
    /// @throws IllegalStateException if it is not the value
    public QM31 number() {
        if (!isKnown()) {
            throw new IllegalStateException("the number of a value that is hidden");
        }
        return number;
    }

    /// The number as it follows from messages as they were sent.
    QM31 sent() {
        return number;
    }

    /// Its form, without [#products()].
    Form form() {
        return form;
    }

    /// The value less what its products of masks contribute.
    PrivateValue withoutProducts() {
        return new PrivateValue(number, form, null);
    }

    /// Coefficients of products of masks in its form, in ascending order, or null.
    Map<Pair, QM31> products() {
        return products;
    }

    /// Whether both are the same object, or known and the same.
    @Override
    public boolean equals(Object other) {
        return this == other || other instanceof PrivateValue v && isKnown() && v.isKnown() && number.equals(v.number);
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(number);
    }

    @Override
    public String toString() {
        return "a private value";
    }
}
