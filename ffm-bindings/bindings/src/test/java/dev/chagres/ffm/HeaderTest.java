package dev.chagres.ffm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.ffm.generated.cuda.ChagresCuda;
import dev.chagres.ffm.generated.kernels.ChagresKernels;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The checked-in bindings are those of the headers. Whoever changes one runs `ffm-bindings/bindings/regenerate.sh`.
class HeaderTest {
    private static final Path HEADERS = Path.of("../../native/include");
    private static final Path GENERATED = Path.of("src/main/java/dev/chagres/ffm/generated");

    private static String hash(String header) throws IOException, GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(HEADERS.resolve(header)));
        return HexFormat.of().formatHex(digest);
    }

    @ParameterizedTest
    @CsvSource({"cuda, chagres_cuda.h", "kernels, chagres_kernels.h"})
    void bindingsWereMadeFromThisHeader(String bindings, String header) throws IOException, GeneralSecurityException {
        Properties generated = new Properties();
        try (Reader in = Files.newBufferedReader(GENERATED.resolve(bindings).resolve("GENERATED.properties"))) {
            generated.load(in);
        }
        assertThat(generated.getProperty("header.sha256")).isEqualTo(hash(header));
        assertThat(generated.getProperty("jextract")).isNotBlank();
    }

    @Test
    void theNativeBuildSawTheseHeaders() throws IOException, GeneralSecurityException {
        Properties built = NativeBuildFacts.read();
        assertThat(built.getProperty("header.sha256")).isEqualTo(hash("chagres_cuda.h"));
        assertThat(built.getProperty("abi")).isEqualTo(String.valueOf(ChagresCuda.CHG_ABI_VERSION()));
        assertThat(built.getProperty("kernels.header.sha256")).isEqualTo(hash("chagres_kernels.h"));
        assertThat(built.getProperty("kernels.abi")).isEqualTo(String.valueOf(ChagresKernels.CHK_ABI_VERSION()));
    }

    @Test
    void everyFunctionOfTheHeadersIsBound() throws IOException {
        assertThat(NativeLibrary.functions()).containsExactlyElementsOf(functions("chagres_cuda.h", "chg"));
        assertThat(KernelLibrary.functions()).containsExactlyElementsOf(functions("chagres_kernels.h", "chk"));
    }

    private static List<String> functions(String header, String prefix) throws IOException {
        return Pattern.compile("^[a-z].*?[ *](" + prefix + "_\\w+)\\(", Pattern.MULTILINE)
                .matcher(Files.readString(HEADERS.resolve(header))).results()
                .map((MatchResult m) -> m.group(1)).sorted().toList();
    }

    @Test
    void everyStatusOfTheHeaderHasAName() throws IOException {
        String statuses = Files.readString(HEADERS.resolve("chagres_cuda.h")).split("enum chg_status \\{")[1].split("};")[0];
        assertThat(Pattern.compile("CHG_(\\w+) = (\\d+)").matcher(statuses).results()
                .map(m -> m.group(1) + "=" + m.group(2)).toList())
                .containsExactly(Arrays.stream(Status.values()).map(s -> s + "=" + s.code())
                        .toArray(String[]::new));
    }
}
