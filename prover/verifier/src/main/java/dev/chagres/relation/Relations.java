package dev.chagres.relation;

import dev.chagres.field.QM31;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What is required of the values that follow from a stream of messages.
///
/// A value without a form is compared with 0 at once. Any other makes a *relation*, form = number, that is recorded:
/// it is decided when the masks are opened. Products of two masks in the form of a relation become product masks, each
/// pair once and in ascending order, also where a coefficient happens to be 0: so their number follows from the
/// statement alone.
///
/// This is the way of Longfellow (Frigo and shelat, draft-google-cfrg-libzk), with masks that are committed beside the
/// witness.
public final class Relations {
    /// One that is recorded.
    ///
    /// @param check id of the check that it stands for
    /// @param value required to be 0
    record Relation(String check, PrivateValue value) {}

    /// The messages whose masks are multiplied, by number.
    record Product(int first, int second) {}

    private final boolean masked;
    private final List<Relation> recorded = new ArrayList<>();
    private final List<Product> products = new ArrayList<>();
    private int messages;

    private Relations(boolean masked) {
        this.masked = masked;
    }

    /// Of messages that stand for themselves.
    public static Relations plain() {
        return new Relations(false);
    }

    /// Of messages that were sent with masks, one for each element, numbered from 0.
    public static Relations masked() {
        return new Relations(true);
    }

    /// What the next element of a message stands for.
    public PrivateValue received(QM31 sent) {
        return masked ? PrivateValue.masked(sent, new Form.Mask(Form.Kind.MESSAGE, messages++))
                : PrivateValue.known(sent);
    }

    /// Requires that a value is 0.
    ///
    /// @param check id of the check, for an audit that knows the masks
    /// @return false if it is known not to be
    public boolean require(String check, PrivateValue value) {
        if (value.isKnown()) {
            return value.sent().isZero();
        }
        recorded.add(new Relation(check, linear(value)));
        return true;
    }

    /// The value with product masks in place of products of masks.
    private PrivateValue linear(PrivateValue value) {
        if (value.products() == null) {
            return value;
        }
        PrivateValue result = value.withoutProducts();
        for (Map.Entry<PrivateValue.Pair, QM31> product : value.products().entrySet()) {
            Form.Mask mask = new Form.Mask(Form.Kind.PRODUCT, products.size());
            products.add(new Product(product.getKey().first(), product.getKey().second()));
            result = result.add(PrivateValue.masked(QM31.ZERO, mask).mul(product.getValue()));
        }
        return result;
    }

    /// Elements received so far that have masks.
    public int messages() {
        return messages;
    }

    /// Products of masks so far.
    List<Product> products() {
        return products;
    }

    /// What has been recorded, in order.
    List<Relation> recorded() {
        return recorded;
    }
}
