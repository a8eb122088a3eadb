package dev.chagres.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.field.QM31;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.relation.Relations.Product;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RelationsTest {
    private final Random random = new Random(1);
    private final Masks masks = new Masks(2);
    private final Relations relations = Relations.masked();

    private QM31 element() {
        return TestTensors.element(random);
    }

    private PrivateValue message(QM31 value) {
        return relations.received(masks.add(value));
    }

    @Test
    void sumsMultiplesAndProductsOfWhatIsHiddenAreThoseOfTheValues() {
        QM31 x = element();
        QM31 y = element();
        QM31 r = element();
        PrivateValue a = message(x);
        PrivateValue b = message(y);
        PrivateValue affine = a.mul(r).sub(b).add(QM31.of(7)).mul(3);
        QM31 expected = x.mul(r).sub(y).add(QM31.of(7)).mul(3);
        assertThat(masks.audit(relations, affine)).isEqualTo(expected);
        assertThat(masks.audit(relations, affine.mul(a.add(b)))).isEqualTo(expected.mul(x.add(y)));
        assertThat(masks.audit(relations, affine.mul(affine).sub(r))).isEqualTo(expected.mul(expected).sub(r));
        assertThat(masks.audit(relations, PrivateValue.known(r).mul(a).sub(PrivateValue.known(x))))
                .isEqualTo(r.mul(x).sub(x));
        assertThat(masks.audit(relations, PrivateValue.ZERO.sub(a.mul(b)).mul(r))).isEqualTo(x.mul(y).mul(r).neg());
        assertThat(affine.isKnown()).isFalse();
    }

    @Test
    void aRelationIsDecidedAtOnceOnlyIfNothingIsHidden() {
        assertThat(relations.require("known", PrivateValue.known(element()))).isFalse();
        assertThat(relations.require("known", PrivateValue.ZERO)).isTrue();
        assertThat(relations.recorded()).isEmpty();
        QM31 x = element();
        PrivateValue a = message(x);
        assertThat(relations.require("true", a.sub(x))).isTrue();
        assertThat(relations.require("false", a.sub(x).add(QM31.ONE))).isTrue();
        // What cancels was hidden all the same: whether it is 0 is no longer known from the value alone.
        assertThat(relations.require("itself", a.sub(a))).isTrue();
        assertThat(masks.broken(relations)).containsExactly("false");
        assertThat(relations.recorded()).extracting(Relations.Relation::check)
                .containsExactly("true", "false", "itself");
    }

    @Test
    void plainMessagesAreTheirValues() {
        Relations plain = Relations.plain();
        QM31 x = element();
        PrivateValue a = plain.received(x);
        assertThat(a.mul(a).number()).isEqualTo(x.mul(x));
        assertThat(plain.require("any", a.mul(a).mul(a).sub(x.mul(x).mul(x)))).isTrue();
        assertThat(plain.require("any", a)).isFalse();
        assertThat(plain.recorded()).isEmpty();
        assertThat(plain.messages()).isZero();
    }

    /// The order of the protocol: pairs ascend inside a check, each once, also with a coefficient of 0.
    @Test
    void productsAreNumberedByTheirMessages() {
        QM31[] values = new QM31[4];
        PrivateValue[] m = new PrivateValue[4];
        for (int i = 0; i < 4; i++) {
            values[i] = element();
            m[i] = message(values[i]);
        }
        PrivateValue first = m[3].mul(m[1]).add(m[1].mul(m[0])).add(m[1].mul(m[3]).mul(QM31.ONE.neg()));
        assertThat(relations.require("first", first.sub(values[0].mul(values[1])))).isTrue();
        assertThat(relations.require("second", m[2].mul(m[2]).sub(m[1].mul(m[0])))).isTrue();
        assertThat(relations.products()).containsExactly(
                new Product(0, 1), new Product(1, 3), new Product(0, 1), new Product(2, 2));
        assertThat(masks.broken(relations)).containsExactly("second");
    }

    @Test
    void whatContainsAProductIsNotMultipliedAgain() {
        PrivateValue a = message(element());
        PrivateValue square = a.mul(a);
        assertThatThrownBy(() -> square.mul(a)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> a.mul(square.sub(QM31.ONE))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theNumberOfWhatIsHiddenIsNotToBeHad() {
        PrivateValue a = message(element());
        for (PrivateValue hidden : List.of(a, a.add(QM31.ONE), a.mul(a), a.sub(a), a.mul(QM31.ZERO))) {
            assertThatThrownBy(hidden::number).isInstanceOf(IllegalStateException.class);
            assertThat(hidden.toString()).doesNotContain(String.valueOf(hidden.sent().c0()));
        }
        assertThat(a).isEqualTo(a).isNotEqualTo(a.add(QM31.ZERO));
    }

    @Test
    void longClaimsNeedNoStack() {
        QM31 r = element();
        PrivateValue running = PrivateValue.ZERO;
        QM31 expected = QM31.ZERO;
        for (int i = 0; i < 100_000; i++) {
            QM31 x = QM31.of(i);
            running = running.mul(r).add(message(x));
            expected = expected.mul(r).add(x);
        }
        assertThat(masks.audit(relations, running)).isEqualTo(expected);
    }
}
