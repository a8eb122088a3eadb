package dev.chagres.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.chagres.tokenizer.ChatTemplate;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The language of chat templates. Expected texts are Jinja's (3.1, `trim_blocks`, `lstrip_blocks`), derived by hand from
/// its documentation; the templates are in the manner of published ones.
class TemplateTest {
    private static final Conversation TALK = new Conversation(List.of(new ChatMessage("system", "Be brief."),
            new ChatMessage("user", " Hi "), new ChatMessage("assistant", "Yes?"), new ChatMessage("user", "Bye")));
    private static final Conversation QUESTION = Conversation.ofUser(Optional.empty(), "Hi");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`{{ 1 + 2 * 3 - 4 // 3 }}` | 6",
        "`{{ -7 % 3 }} {{ 'a' ~ 1 ~ true ~ none }}` | `2 a1TrueNone`",
        "`{{ 1 < 2 < 3 }} {{ 3 > 2 > 2 }}` | `True False`",
        "`{{ 'b' in 'abc' }} {{ 'x' not in ['x', 'y'] }} {{ not 1 == 2 }}` | `True False True`",
        "`{{ x is defined }} {{ x is not defined }} {{ x }}.` | `False True .`",
        "`{{ raise_exception is defined }} {{ strftime_now is defined }}` | `True False`",
        "`{{ 'a' if x else 'b' }}{{ 'c' if not x }}{{ 'd' if x }}` | bc",
        "`{{ x or 'y' }}{{ '' and 1 }}{{ [] or false }}` | yFalse",
        "`{{ ' a b ' | trim }}{{ ' a'.strip() }}{{ 'xay'.strip('xy') }}{{ 'aXa'.lower().replace('a', '-') }}` | `a baa-x-`",
        "`{{ 'a-b-c'.split('-')[-1] }}{{ 'a-b'.split('-') | join('+') }}{{ 'ab'[1] }}{{ 'abc'[:-1] }}` | ca+bbab",
        "`{{ messages[1:] | length }}{{ messages[::-1][0].content }}{{ messages[-2]['role'] }}` | 3Byeassistant",
        "`{{ messages[9] }}{{ messages[0].tool_calls is defined }}{{ 'role' in messages[0] }}` | FalseTrue",
        "`{{ messages[0].get('x', 'none') }}{{ messages[0].content is string }}{{ tools is none }}` | noneTrueTrue",
        "`{{ 'a\\n\\'b\\\"\\u00e9' }}` | `a\n'b\"é`",
        "`{{ ['a', 1, none, 'q\"'] | tojson }}` | `[\"a\", 1, null, \"q\\\"\"]`",
        "`{{ x | default('y') }}{{ none | default('z', true) }}{{ range(3) | join }}` | `yz012`",
        "`{% set a = 1 %}{% for i in range(2) %}{% set a = a + 1 %}{{ a }}{% endfor %}{{ a }}` | 221",
        "`{% set n = namespace(a=1) %}{% for i in range(2) %}{% set n.a = n.a + 1 %}{% endfor %}{{ n.a }}` | 3",
        "`{% for i in range(4) if i is odd %}{{ i }}{{ loop.last }}{% endfor %}` | 1False3True",
        "`{% for i in [] %}x{% else %}none{% endfor %}{% for m in messages %}{{ loop.index0 }}{% endfor %}` | none0123",
        "`{% set t %}a{{ 1 }}{% endset %}{{ t | upper }}` | A1",
        "`{% if x %}1{% elif messages %}2{% else %}3{% endif %}{# no #}{% generation %}4{% endgeneration %}` | 24"})
    void expressionsAndTags(String template, String expected) {
        assertThat(render(template, TALK)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', ignoreLeadingAndTrailingWhitespace = false, value = {
        "`a\n  {% if true %}\n  b\n  {% endif %}\nc\n`|`a\n  b\nc`",
        "`a {{- ' b ' -}}  c`|`a b c`",
        "`a\n{%- if true -%}\n  b\n{%- endif %}\n\nc`|`ab\nc`",
        "`  {# no #}  \n{{ 'x' }}\n\n`|`  \nx\n`",
        "`a {%+ if true +%}\nb{% endif %}`|`a \nb`",
        "`x  {% if true %} y{% endif %}`|`x   y`",
        "`{{ '%}' }}{% set a = '}}' %}{{ a }}{{ '{{' }}`|`%}}}{{`"})
    void blanksBesideTags(String template, String expected) {
        assertThat(render(template, QUESTION)).isEqualTo(expected);
    }

    @Test
    void llama2() {
        String template = """
                {% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}\
                {% set system_message = messages[0]['content'] %}{% else %}{% set loop_messages = messages %}\
                {% set system_message = false %}{% endif %}{% for message in loop_messages %}\
                {% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}\
                {{ raise_exception('roles must alternate') }}{% endif %}\
                {% if loop.index0 == 0 and system_message != false %}\
                {% set content = '<<SYS>>\\n' + system_message + '\\n<</SYS>>\\n\\n' + message['content'] %}\
                {% else %}{% set content = message['content'] %}{% endif %}\
                {% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}\
                {% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}\
                {% endfor %}""";
        assertThat(render(template, TALK)).isEqualTo("<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n Hi [/INST] Yes? </s>"
                + "<s>[INST] Bye [/INST]");
        Conversation twice = new Conversation(List.of(new ChatMessage("user", "a"), new ChatMessage("user", "b")));
        assertThatThrownBy(() -> render(template, twice)).isInstanceOf(ChatException.class)
                .hasMessage("the chat template refuses this conversation: roles must alternate");
    }

    @Test
    void llama3() {
        String template = """
                {{- bos_token }}
                {%- if strftime_now is defined %}{% set date = strftime_now("%d") %}
                {%- else %}
                    {%- set date = "26 Jul" %}
                {%- endif %}
                {%- if messages[0]['role'] == 'system' %}
                    {%- set system_message = messages[0]['content']|trim %}
                    {%- set messages = messages[1:] %}
                {%- else %}
                    {%- set system_message = "" %}
                {%- endif %}
                {{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
                {%- if tools is not none %}{{- tools | tojson(indent=4) | unknown }}{%- endif %}
                {{- "Today: " + date + "\\n\\n" }}
                {{- system_message }}
                {{- "<|eot_id|>" }}
                {%- for message in messages %}
                    {%- if not (message.role == 'ipython' or 'tool_calls' in message) %}
                        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] \
                | trim + '<|eot_id|>' }}
                    {%- endif %}
                {%- endfor %}
                {%- if add_generation_prompt %}
                    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
                {%- endif %}
                """;
        assertThat(render(template, TALK)).isEqualTo("<s><|start_header_id|>system<|end_header_id|>\n\nToday: 26 Jul"
                + "\n\nBe brief.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\nYes?<|eot_id|>"
                + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
                + "<|start_header_id|>assistant<|end_header_id|>\n\n");
    }

    @Test
    void zephyrKeepsItsLines() {
        String template = """
                {% for message in messages %}
                {% if message['role'] == 'user' %}
                {{ '<|user|>\\n' + message['content'] + eos_token }}
                {% elif message['role'] == 'system' %}
                {{ '<|system|>\\n' + message['content'] + eos_token }}
                {% endif %}
                {% if loop.last and add_generation_prompt %}
                {{ '<|assistant|>' }}
                {% endif %}
                {% endfor %}
                """;
        assertThat(render(template, TALK)).isEqualTo(
                "<|system|>\nBe brief.</s>\n<|user|>\n Hi </s>\n<|user|>\nBye</s>\n<|assistant|>\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`{% macro a() %}{% endmacro %}` | line 1: the tag 'macro' is not supported",
        "`a\n{% include 'x' %}` | line 2: the tag 'include' is not supported",
        "`{% for a, b in messages %}{% endfor %}` | a loop over pairs is not supported",
        "`{{ messages | map('x') }}` | `uses the filter 'map', which is not supported`",
        "`{{ 'a' is upper }}` | `uses the test 'upper', which is not supported`",
        "`{{ 'a'.title() }}` | `uses the method 'title', which is not supported`",
        "`{{ strftime_now('%d') }}` | `calls the function 'strftime_now', which is not supported`",
        "`{{ {'a': 1} }}` | a dictionary is not supported",
        "`{{ x.y }}` | `takes a member of 'x', which is not defined`",
        "`{{ 'a' + 1 }}` | computes a text + a whole number",
        "`{{ 'a' + x }}` | `computes a text + 'x', which is not defined`",
        "`{{ 1 // 0 }}` | computes 1 // 0",
        "`{{ messages }}` | `writes a list, which is not supported`",
        "`{{ ''.__class__ }}{{ ''.__class__.__mro__ }}` | takes a member of '__class__'",
        "`{% if true %}` | need the tag 'endif'",
        "`{% endif %}` | the tag endif without a beginning",
        "`{{ 'a }}` | a text without its closing quote",
        "`{{ 1` | a tag without an end",
        "`{# a` | a comment without an end",
        "`{{ }}` | need a value",
        "`{{ 1 2 }}` | '2' where the tag should end",
        "`{{ $ }}` | the character '$' in a tag"})
    void whatIsNotKnownIsNamed(String template, String cause) {
        assertThatThrownBy(() -> render(template, QUESTION)).isInstanceOf(ChatException.class)
                .hasMessageStartingWith("the chat template").hasMessageContaining(cause);
    }

    @Test
    void workIsBounded() {
        refused("{% for i in range(1000000000) %}{% endfor %}", "steps");
        refused("{% set n = namespace(a='x') %}{% for i in range(99) %}{% set n.a = n.a + n.a %}{% endfor %}",
                "characters");
        refused("{{ " + "(".repeat(20_000) + "1" + ")".repeat(20_000) + " }}", "parts");
        refused("{{ " + "not ".repeat(15_000) + "1 }}", "parts");
        refused("{{ " + "-".repeat(40_000) + "1 }}", "parts");
        refused("{{ 1" + "+1".repeat(20_000) + " }}", "parts");
        refused("{{ 1" + " if 1 else 1".repeat(5_000) + " }}", "parts");
        refused("{% if 1 %}".repeat(6_000), "inside each other");
        refused("{% if 1 %}" + "{% elif 1 %}".repeat(5_000) + "{% endif %}", "inside each other");
    }

    private static final String GROWING = "{% set n = namespace(l=['x'], a='x') %}{% for i in range(99) %}";

    /// Values that grow, that hold themselves, that are deep or shared, and loops without a body: each is refused long
    /// before memory, stack or patience ends.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`G{% set n.l = n.l + n.l %}{% endfor %}` | steps",
        "`G{% set n.l = n.l + n.l %}{% set n.a = n.l[:] %}{% endfor %}` | steps",
        "`G{% set n.l = [n.l, n.l] %}{% endfor %}{{ n.l == [n.l][0] }}` | values inside each other",
        "`G{% if i < 40 %}{% set n.l = [n.l, n.l] %}{% endif %}{% endfor %}{{ n.l == n.l }}` | steps",
        "`G{% if i < 40 %}{% set n.l = [n.l, n.l] %}{% endif %}{% endfor %}{{ n.l | tojson }}` | steps",
        "`{% set n = namespace(l=[]) %}{% for i in range(50000) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l == n.l }}` "
                + "| values inside each other",
        "`{% set n = namespace(l=[]) %}{% for i in range(50000) %}{% set n.l = [n.l] %}{% endfor %}{{ n.l | tojson }}` "
                + "| values inside each other",
        "`{% set n = namespace(l=1) %}{% for i in range(9999) %}"
                + "{% for x in [1, n.l] %}{% if loop.first %}{% set n.l = loop %}{% endif %}{% endfor %}{% endfor %}"
                + "{{ n.l == n.l }}` | values inside each other",
        "`{% for i in range(1000) %}{% for j in range(1000) %}{% for k in range(1000) %}{% endfor %}{% endfor %}"
                + "{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% for j in r %}{% endfor %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% for j in r if false %}{% endfor %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% set x = r == r %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% set x = -1 in r %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% set x = r | list %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% set x = r[::-1] %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% set x = r[1:] %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% set x = r | join(',') %}{% endfor %}` | steps",
        "`{% set r = range(100000) %}{% for i in r %}{% set x = r | tojson %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b + 'x' %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b ~ i %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b[1:] %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b == b ~ '' %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b | upper %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b | trim %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b | length %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = b.startswith(b) %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x = 'z' in b %}{% endfor %}` | steps",
        "`B{% for i in range(100000) %}{% set x %}{{ b }}{% endset %}{% endfor %}` | steps",
        "`B{{ (b + 'z') in (b + b) }}` | steps",
        "`B{{ b.strip(b) }}` | steps",
        "`B{{ b.split('x') | length }}` | steps",
        "`B{{ b.replace('x', b) }}` | steps",
        "`B{{ b.split('xxxxxxxx') | join(b) }}` | characters",
        "`B{{ b | tojson | tojson | tojson }}{% for i in range(99) %}{{ b | tojson }}{% endfor %}` | characters"})
    void sizeCosts(String template, String cause) {
        String big = "{% set n = namespace(a='x') %}{% for i in range(20) %}{% set n.a = n.a + n.a %}{% endfor %}"
                + "{% set b = n.a %}";
        String whole = template.startsWith("G") ? GROWING + template.substring(1)
                : template.startsWith("B") ? big + template.substring(1) : template;
        // Much less on an idle machine; without the bounds these take from many seconds to for ever.
        assertTimeoutPreemptively(Duration.ofSeconds(5), () -> refused(whole, cause));
    }

    @Test
    void largeButBoundedValuesAreServed() {
        String talk = "word ".repeat(200_000);
        String expected = "<s>" + talk.strip() + "</s>";
        assertThat(render("{{ bos_token + messages[0]['content'] | trim + eos_token }}",
                Conversation.ofUser(Optional.empty(), talk))).isEqualTo(expected);
        assertThat(render("{{ range(60000) | join(',') | length }}", QUESTION)).isEqualTo("348889");
        assertThat(render("{% for m in messages %}{{ loop.index }}{{ m.role }}{{ m.content }}{% endfor %}",
                new Conversation(Collections.nCopies(10_000, new ChatMessage("user", "x"))))).hasSize(88_894);
    }

    @Test
    void aNamespaceEqualsItselfAlone() {
        assertThat(render("{% set a = namespace() %}{% set b = namespace() %}{% set a.x = a %}{% set b.x = b %}"
                + "{{ a == b }}{{ a == a }}{{ a.x == a }}{{ b in [a] }}{{ [a] == [a] }}", QUESTION))
                .isEqualTo("FalseTrueTrueFalseTrue");
    }

    @Test
    void aRefusalIsOneShortLine() {
        assertThatThrownBy(() -> render("{{ raise_exception('a\nb' + '" + "c".repeat(9_000) + "') }}", QUESTION))
                .isInstanceOf(ChatException.class).hasMessageStartingWith(
                        "the chat template refuses this conversation: a bccc")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(500).doesNotContain("\n"));
    }

    private static void refused(String template, String cause) {
        assertThatThrownBy(() -> render(template, QUESTION)).isInstanceOf(ChatException.class)
                .hasMessageContaining(cause);
    }

    /// Whatever a template is, it gives a text or is refused.
    @Test
    void anyWordsAreATemplateOrRefused() {
        List<String> words = List.of("{{ ", " }}", "{% ", " %}", "if ", "for ", "m ", "in ", "messages", "endif", "endfor",
                "set ", "= ", "'a'", "[", "]", "(", ")", ".", "|", "trim", "is ", "not ", "1", "-", "+", ":", ",", "{#",
                "#}", "\n", " ", "content", "else", "namespace", "range", "loop.first", "~", "{", "}", "\\", "tojson");
        int rendered = 0;
        for (long seed = 0; seed < 30_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            StringBuilder template = new StringBuilder(random.nextInt(3) == 0 ? "" : "{{ ");
            for (int n = random.nextInt(1, 12); n > 0; n--) {
                template.append(words.get(random.nextInt(words.size())));
            }
            template.append(random.nextInt(3) == 0 ? "" : " }}");
            try {
                assertThat(render(template.toString(), TALK)).isNotNull();
                rendered++;
            } catch (ChatException refused) {
                assertThat(refused.getMessage()).startsWith("the chat template");
            }
        }
        assertThat(rendered).isGreaterThan(500);
    }

    @Test
    void marksFollowTheCharacters() {
        for (String expression : List.of("c", "c.strip()", "c | trim", "c.split('m')[0]", "c[1:]",
                "c.upper()", "c | tojson", "[c, c] | join('')", "c.replace('H', c)")) {
            MarkedText text = mark("{% set c = messages[0].content %}{{ '<a>' + (" + expression + ") + '<b>' }}");
            int end = text.text().length() - 3;
            assertThat(text.foreign().cardinality()).as(expression).isEqualTo(end - 3);
            assertThat(text.foreign().nextSetBit(0)).isEqualTo(3);
            assertThat(text.foreign().length()).isEqualTo(end);
        }
    }

    private static MarkedText mark(String template) {
        return new TemplateRun(Collections.singletonMap("messages",
                List.of(Collections.singletonMap("content", MarkedText.foreign("Ham and eggs")))))
                .render(TemplateParser.parse(template));
    }

    private static String render(String template, Conversation talk) {
        return talk.render(new ChatTemplate(template, "<s>", "</s>"));
    }
}
