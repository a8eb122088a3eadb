package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.ffm.generated.ChagresCuda;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The checked-in bindings are those of the header. Whoever changes it runs `ffm-bindings/bindings/regenerate.sh`.
class HeaderTest {
    private static final Path HEADER = Path.of("../../native/include/chagres_cuda.h");
    private static final Path RECORD = Path.of("src/main/java/dev/chagres/ffm/generated/GENERATED.properties");

    private static String headerHash() throws IOException, GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(HEADER));
        return HexFormat.of().formatHex(digest);
    }

    @Test
    void bindingsWereMadeFromThisHeader() throws IOException, GeneralSecurityException {
        Properties generated = new Properties();
        try (Reader in = Files.newBufferedReader(RECORD)) {
            generated.load(in);
        }
        assertThat(generated.getProperty("header.sha256")).isEqualTo(headerHash());
        assertThat(generated.getProperty("jextract")).isNotBlank();
    }

    @Test
    void theNativeBuildSawThisHeader() throws IOException, GeneralSecurityException {
        Properties built = NativeBuildFacts.read();
        assertThat(built.getProperty("header.sha256")).isEqualTo(headerHash());
        assertThat(built.getProperty("abi")).isEqualTo(String.valueOf(ChagresCuda.CHG_ABI_VERSION()));
    }

    @Test
    void everyFunctionOfTheHeaderIsBound() throws IOException {
        String header = Files.readString(HEADER);
        assertThat(NativeLibrary.functions()).containsExactlyElementsOf(
                Pattern.compile("^[a-z].*?[ *](chg_\\w+)\\(", Pattern.MULTILINE).matcher(header).results()
                        .map((MatchResult m) -> m.group(1)).sorted().toList());
    }

    @Test
    void everyStatusOfTheHeaderHasAName() throws IOException {
        String statuses = Files.readString(HEADER).split("enum chg_status \\{")[1].split("};")[0];
        assertThat(Pattern.compile("CHG_(\\w+) = (\\d+)").matcher(statuses).results()
                .map(m -> m.group(1) + "=" + m.group(2)).toList())
                .containsExactly(Arrays.stream(Status.values()).map(s -> s + "=" + s.code())
                        .toArray(String[]::new));
    }
}
