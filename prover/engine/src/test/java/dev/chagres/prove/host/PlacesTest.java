package dev.chagres.prove.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.chagres.prove.stage.Stages;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// Which place a name opens.
class PlacesTest {
    private static final OptionalLong ANY = OptionalLong.empty();

    /// Opens devices of one name, or says why it has none.
    private record Provider(String name, boolean there) implements StagesProvider {
        @Override
        public boolean knows(String device) {
            return device.equals(name);
        }

        @Override
        public Place open(String device, OptionalLong bytes) {
            if (!there) {
                throw new IllegalStateException(device + " cannot be used: no driver");
            }
            return new Opened(device + " with " + bytes);
        }
    }

    private record Opened(String name) implements StagesProvider.Place {
        @Override
        public Stages stages(Host host, Stages cpu) {
            return cpu;
        }

        @Override
        public void close() {}
    }

    @Test
    void theProcessorNeedsNobody() {
        assertThat(Places.open("cpu", ANY)).isEmpty();
        assertThat(Places.open("cpu", ANY, List.of(new Provider("cpu", true)))).isEmpty();
    }

    @Test
    void autoTakesADeviceThatOpensElseTheProcessor() {
        assertThat(Places.open("auto", ANY, List.of())).isEmpty();
        assertThat(Places.open("auto", ANY, List.of(new Provider("emulated", true)))).isEmpty();
        assertThat(Places.open("auto", ANY, List.of(new Provider("cuda", false)))).isEmpty();
        assertThat(Places.open("auto", OptionalLong.of(64), List.of(new Provider("cuda", false),
                new Provider("cuda", true)))).hasValueSatisfying(p -> assertThat(p.name())
                        .isEqualTo("cuda with OptionalLong[64]"));
    }

    @Test
    void aDeviceThatIsNamedIsTakenOrRefused() {
        List<StagesProvider> providers = List.of(new Provider("emulated", true), new Provider("cuda", false));
        assertThat(Places.open("emulated", ANY, providers)).isPresent();
        assertThatThrownBy(() -> Places.open("cuda", ANY, providers)).isInstanceOf(IllegalStateException.class)
                .hasMessage("cuda cannot be used: no driver");
        assertThatThrownBy(() -> Places.open("cuda:1", ANY, List.of())).isInstanceOf(IllegalStateException.class)
                .hasMessage("cuda:1 cannot be used: this program has nothing that computes on devices;"
                        + " put chagres-device on its class path, or compute on the cpu");
        assertThatThrownBy(() -> Places.open("gpu", ANY, providers)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no device 'gpu'; there are cpu, auto, cuda, cuda:N, emulated");
    }
}
