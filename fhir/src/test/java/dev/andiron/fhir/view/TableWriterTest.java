package dev.andiron.fhir.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;

class TableWriterTest {
    private static final List<TableColumn> COLUMNS =
            List.of(
                    new TableColumn("text", ValueType.STRING, false),
                    new TableColumn("number", ValueType.DECIMAL, false),
                    new TableColumn("list", ValueType.STRING, true));

    private static final Row PLAIN =
            Row.of(
                    new Value.Text("Zürich"),
                    new Value.Decimal(new BigDecimal("1.50")),
                    new Value.Many(List.of(new Value.Text("a"), new Value.Whole(-2))));
    private static final Row EMPTY =
            Row.of(Value.Absent.ABSENT, Value.Absent.ABSENT, Value.Many.NONE);
    private static final Row HOSTILE =
            Row.of(
                    new Value.Text("=1+\"1\",\r\n\u0001\\😀\uD800"),
                    new Value.Decimal(new BigDecimal("-1E+3")),
                    new Value.Structure(Json.of("{\"a\":1.0}")));

    /** Makes a writer. */
    private interface Format {
        TableWriter open(ByteArrayOutputStream out) throws IOException;
    }

    private static String written(Format format, Row... rows) throws IOException {
        var out = new ByteArrayOutputStream();
        try (TableWriter writer = format.open(out)) {
            for (Row row : rows) {
                writer.write(row);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void ndjson() throws IOException {
        assertEquals(
                """
                {"text":"Zürich","number":1.50,"list":["a",-2]}
                {"text":null,"number":null,"list":[]}
                {"text":"=1+\\"1\\",\\r\\n\\u0001\\\\😀\\ud800","number":-1000,"list":{"a":1.0}}
                """,
                written(out -> new NdjsonTable(out, COLUMNS), PLAIN, EMPTY, HOSTILE));
    }

    @Test
    void json() throws IOException {
        assertEquals(
                """
                [{"text":"Zürich","number":1.50,"list":["a",-2]},
                {"text":null,"number":null,"list":[]}]
                """,
                written(out -> new JsonTable(out, COLUMNS), PLAIN, EMPTY));
        assertEquals("[]\n", written(out -> new JsonTable(out, COLUMNS)));
    }

    @Test
    void csv() throws IOException {
        assertEquals(
                "text,number,list\r\n"
                        + "Zürich,1.50,\"[\"\"a\"\",-2]\"\r\n"
                        + ",,[]\r\n"
                        + "\"=1+\"\"1\"\",\r\n\u0001\\😀?\",-1000,\"{\"\"a\"\":1.0}\"\r\n",
                written(out -> new CsvTable(out, COLUMNS, true, false), PLAIN, EMPTY, HOSTILE));
    }

    @Test
    void csvWithoutHeaderAndWithGuard() throws IOException {
        Row empty = Row.of(new Value.Text(""), Value.Absent.ABSENT, Value.Many.NONE);
        assertEquals(
                "\"'=1+\"\"1\"\",\r\n\u0001\\😀?\",-1000,\"{\"\"a\"\":1.0}\"\r\n\"\",,[]\r\n",
                written(out -> new CsvTable(out, COLUMNS, false, true), HOSTILE, empty));
    }

    @Test
    void textsLargerThanTheBuffer() throws IOException {
        String large = "ä".repeat(40_000);
        assertEquals(
                "{\"text\":\"" + large + "\",\"number\":null,\"list\":[]}\n",
                written(
                        out -> new NdjsonTable(out, COLUMNS),
                        Row.of(new Value.Text(large), Value.Absent.ABSENT, Value.Many.NONE)));
    }
}
