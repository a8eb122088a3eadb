package dev.chagres.relation;

import dev.chagres.field.QM31;
import dev.chagres.prove.data.TestTensors;
import dev.chagres.transcript.ProverChannel;
import dev.chagres.transcript.Transcript;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Masks that a prover adds to everything it sends, and what an auditor who knows them sees: the values themselves.
final class Masks implements ProverChannel.Interceptor {
    private final Random random;
    private final List<QM31> masks = new ArrayList<>();

    Masks(long seed) {
        this.random = new Random(seed);
    }

    /// Adds the next masks to the elements of a message.
    @Override
    public byte[] replace(String tag, byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        QM31[] elements = new QM31[data.length / QM31.BYTES];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = add(new QM31(in.getInt(), in.getInt(), in.getInt(), in.getInt()));
        }
        return Transcript.encode(elements);
    }

    /// An element with a new mask.
    QM31 add(QM31 value) {
        QM31 mask = TestTensors.element(random);
        masks.add(mask);
        return value.add(mask);
    }

    /// The value, whether or not products of its masks have been named.
    QM31 audit(Relations relations, PrivateValue value) {
        QM31 hidden = QM31.ZERO;
        if (value.form() != null) {
            for (Map.Entry<Form.Mask, QM31> e : value.form().coefficients().entrySet()) {
                hidden = hidden.add(e.getValue().mul(of(relations, e.getKey())));
            }
        }
        if (value.products() != null) {
            for (Map.Entry<PrivateValue.Pair, QM31> e : value.products().entrySet()) {
                QM31 product = masks.get(e.getKey().first()).mul(masks.get(e.getKey().second()));
                hidden = hidden.add(e.getValue().mul(product));
            }
        }
        return value.sent().sub(hidden);
    }

    private QM31 of(Relations relations, Form.Mask mask) {
        return switch (mask.kind()) {
            case MESSAGE -> masks.get(mask.number());
            case PRODUCT -> {
                Relations.Product product = relations.products().get(mask.number());
                yield masks.get(product.first()).mul(masks.get(product.second()));
            }
        };
    }

    /// Ids of the relations that are false.
    List<String> broken(Relations relations) {
        return relations.recorded().stream().filter(r -> !audit(relations, r.value()).isZero())
                .map(Relations.Relation::check).toList();
    }

    int size() {
        return masks.size();
    }
}
