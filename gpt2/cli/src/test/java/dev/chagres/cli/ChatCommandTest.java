package dev.chagres.cli;

import static dev.chagres.cli.Commands.run;
import static org.assertj.core.api.Assertions.assertThat;

import dev.chagres.cli.Commands.Outcome;
import dev.chagres.gpt2.demo.BundledModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Conversations on the command line: the template goes from the model's folder through model and key to the prompt.
class ChatCommandTest {
    private static final String TEMPLATE = "{% for m in messages %}{% if m.role == 'system' and loop.index > 1 %}"
            + "{{ raise_exception('late') }}{% endif %}{{ m.role }}: {{ m.content }}\n{% endfor %}king:";

    @TempDir
    private static Path folder;

    private static Path file(String name) {
        return folder.resolve(name);
    }

    @BeforeAll
    static void prepare() throws IOException {
        BundledModel.extractTo(file("bundled"));
        Files.writeString(file("bundled").resolve("chat_template.jinja"), TEMPLATE);
        Outcome q = run("quantize", "--model", file("bundled"), "--out", file("m.cgm"), "--json");
        assertThat(q.code()).as(q.err()).isZero();
        assertThat(q.err()).contains("with a chat template");
        Outcome s = run("setup", "--model", file("m.cgm"), "--out", file("keys"), "--json");
        assertThat(s.code()).as(s.err()).isZero();
        Files.writeString(file("talk.json"), """
                [{"role": "system", "content": "Be kind"}, {"role": "user", "content": "Who?"}]""");
        Files.writeString(file("prompt.txt"), "Who?");
        Files.writeString(file("late.json"), """
                [{"role": "user", "content": "Who?"}, {"role": "system", "content": "Be kind"}]""");
        Files.writeString(file("extra.json"), """
                [{"role": "user", "content": "Who?", "name": "x"}]""");
        Files.writeString(file("numbers.json"), "[{\"role\": \"user\", \"content\": 1}]");
        Files.writeString(file("empty.json"), "[]");
        Files.writeString(file("broken.json"), "[{");
        Files.writeString(file("ids"), "1 2 3");
    }

    @Test
    void aMessageIsWrittenAsTheTemplateSays() {
        List<Integer> expected = prompt("--prompt", "user: Who?\nking:");
        assertThat(prompt("--chat", "--prompt", "Who?")).isEqualTo(expected);
        assertThat(prompt("--prompt-file", file("prompt.txt"), "--chat")).isEqualTo(expected);
        List<Integer> withSystem = prompt("--prompt", "system: Be kind\nuser: Who?\nking:");
        assertThat(prompt("--chat", "--prompt", "Who?", "--system", "Be kind")).isEqualTo(withSystem);
        assertThat(prompt("--messages", file("talk.json"))).isEqualTo(withSystem);
        assertThat(prompt("--chat", "--messages", file("talk.json"))).isEqualTo(withSystem);
    }

    private static List<Integer> prompt(Object... words) {
        Outcome o = run(Stream.concat(
                Stream.of("generate", "--model", file("m.cgm"), "--tokens", "2", "--json"), Stream.of(words)).toArray());
        assertThat(o.code()).as(o.err()).isZero();
        return o.json().get("promptIds").valueStream().map(id -> id.asInt()).toList();
    }

    @Test
    void theKeyCarriesTheTemplate() {
        Outcome p = run("prove", "--pk", file("keys/model.pk"), "--chat", "--prompt", "Who?", "--system", "Be kind",
                "--generate", "3", "--out", file("p.proof"), "--json");
        assertThat(p.code()).as(p.err()).isZero();
        Outcome v = run("verify", "--vk", file("keys/model.vk"), "--proof", file("p.proof"), "--prompt",
                "system: Be kind\nuser: Who?\nking:", "--json");
        assertThat(v.code()).as(v.out()).isZero();
        assertThat(run("inspect", file("keys/model.vk"), "--json").json().get("tokenizer").get("chatTemplate").asBoolean())
                .isTrue();
    }

    static Stream<Arguments> wrongUses() {
        return Stream.of(
                Arguments.of("--system needs --chat", new Object[] {"--prompt", "a", "--system", "b"}),
                Arguments.of("not --ids", new Object[] {"--ids", file("ids"), "--chat"}),
                Arguments.of("--system goes with a prompt",
                        new Object[] {"--messages", file("talk.json"), "--system", "b"}),
                Arguments.of("refuses this conversation: late", new Object[] {"--messages", file("late.json")}),
                Arguments.of("extra.json: message 1 is not", new Object[] {"--messages", file("extra.json")}),
                Arguments.of("numbers.json: message 1 is not", new Object[] {"--messages", file("numbers.json")}),
                Arguments.of("empty.json: need an array", new Object[] {"--messages", file("empty.json")}),
                Arguments.of("broken.json: not valid JSON", new Object[] {"--messages", file("broken.json")}),
                Arguments.of("mutually exclusive",
                        new Object[] {"--messages", file("talk.json"), "--prompt", "a"}));
    }

    @ParameterizedTest
    @MethodSource("wrongUses")
    void wrongUsesAreNamed(String cause, Object[] words) {
        Outcome o = run(Stream.concat(
                Stream.of("generate", "--model", file("m.cgm"), "--tokens", "2"), Stream.of(words)).toArray());
        assertThat(o.code()).as(o.out()).isEqualTo(2);
        assertThat(o.err()).contains(cause);
    }

    @Test
    void aModelWithoutATemplateSaysSo() {
        Outcome o = run("prove", "--pk", BundledKeys.pk(), "--chat", "--prompt", "a", "--generate", "1", "--out",
                file("x.proof"));
        assertThat(o.code()).isEqualTo(2);
        assertThat(o.err()).contains("this model has no chat template");
    }
}
