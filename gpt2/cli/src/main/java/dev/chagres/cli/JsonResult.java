package dev.chagres.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/// Results as JSON, the same way for all commands (docs/cli.md): every object says its schema and its command, keys are
/// camelCase with their unit at the end, numbers are numbers, and a number that does not exist (no value, infinite) is
/// null.
final class JsonResult {
    /// Grows when a key changes its meaning or goes; new keys may come at any time.
    static final int SCHEMA = 1;

    private static final JsonMapper MAPPER = JsonMapper.builder().addModule(new SimpleModule()
            .addSerializer(Double.class, new FiniteSerializer())
            .addSerializer(Double.TYPE, new FiniteSerializer())).build();

    private JsonResult() {}

    /// JSON has no NaN.
    private static final class FiniteSerializer extends ValueSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator out, SerializationContext context) {
            if (Double.isFinite(value)) {
                out.writeNumber(value);
            } else {
                out.writeNull();
            }
        }
    }

    /// An indented object.
    static String pretty(String command, Map<String, ?> result) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(with(command, result));
    }

    /// An object on one line.
    static String line(String command, Map<String, ?> result) {
        return MAPPER.writeValueAsString(with(command, result));
    }

    private static Map<String, Object> with(String command, Map<String, ?> result) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("schema", SCHEMA);
        all.put("command", command);
        all.putAll(result);
        return all;
    }
}
