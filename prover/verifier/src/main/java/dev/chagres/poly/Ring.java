package dev.chagres.poly;

import dev.chagres.field.QM31;
import dev.chagres.relation.PrivateValue;

/// What an [Expression] is evaluated in: field elements for a prover, values that follow from messages for a verifier.
///
/// @param <T> its elements
public interface Ring<T> {
    /// The field.
    Ring<QM31> FIELD = new Ring<>() {
        @Override
        public QM31 of(QM31 constant) {
            return constant;
        }

        @Override
        public QM31 add(QM31 a, QM31 b) {
            return a.add(b);
        }

        @Override
        public QM31 mul(QM31 a, QM31 b) {
            return a.mul(b);
        }
    };

    /// Values that follow from messages.
    Ring<PrivateValue> PRIVATE = new Ring<>() {
        @Override
        public PrivateValue of(QM31 constant) {
            return PrivateValue.known(constant);
        }

        @Override
        public PrivateValue add(PrivateValue a, PrivateValue b) {
            return a.add(b);
        }

        @Override
        public PrivateValue mul(PrivateValue a, PrivateValue b) {
            return a.mul(b);
        }
    };

    /// A public element.
    T of(QM31 constant);

    /// The sum.
    T add(T a, T b);

    /// The product.
    T mul(T a, T b);
}
