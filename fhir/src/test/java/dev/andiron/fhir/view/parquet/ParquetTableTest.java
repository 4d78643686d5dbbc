package dev.andiron.fhir.view.parquet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.andiron.fhir.view.TableColumn;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;

import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Files as the library's reader gives them back. */
class ParquetTableTest {

    private static byte[] written(List<TableColumn> columns, List<Row> rows) {
        var out = new ByteArrayOutputStream();
        try {
            var table = new ParquetTable(out, columns);
            for (Row row : rows) {
                table.write(row);
            }
            table.close();
            assertEquals(out.size(), table.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static ValueType type(String name) {
        return new ValueType(
                name,
                switch (name) {
                    case "boolean" -> Kind.BOOLEAN;
                    case "integer", "positiveInt", "unsignedInt", "integer64" -> Kind.INTEGER;
                    case "decimal" -> Kind.DECIMAL;
                    case "date" -> Kind.DATE;
                    case "dateTime", "instant" -> Kind.DATE_TIME;
                    case "time" -> Kind.TIME;
                    case "HumanName" -> Kind.COMPLEX;
                    default -> Kind.STRING;
                });
    }

    private static Value value(Kind kind, String text) {
        return switch (kind) {
            case BOOLEAN -> Value.Truth.of(Boolean.parseBoolean(text));
            case INTEGER -> new Value.Whole(Long.parseLong(text));
            case DECIMAL -> new Value.Decimal(new BigDecimal(text));
            case COMPLEX -> new Value.Structure(Json.of(text));
            case STRING, DATE, DATE_TIME, TIME -> new Value.Text(text);
        };
    }

    private static TableColumn column(String type, String hint) {
        return new TableColumn("x", type(type), false, Optional.ofNullable(hint));
    }

    /** What a file says of a column, and its value as it is read back. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    boolean    |                       | boolean x                               | true
                    integer    |                       | int32 x                                 | -2147483648
                    positiveInt|                       | int32 x                                 | 2147483647
                    integer64  |                       | int64 x                                 | -9223372036854775808
                    integer    | bigint                | int64 x                                 | 7
                    integer    | Integer               | int32 x                                 | 7
                    integer    | VARCHAR(10)           | binary x (STRING)                       | 7
                    string     |                       | binary x (STRING)                       | Zürich 😀
                    base64Binary|                      | binary x (STRING)                       | AAEC
                    HumanName  |                       | binary x (JSON)                         | {"family":"Abel"}
                    HumanName  | VARCHAR               | binary x (JSON)                         | {"family":"Abel"}
                    decimal    |                       | binary x (STRING)                       | 1.50
                    decimal    | DOUBLE PRECISION      | binary x (STRING)                       | 0.10
                    decimal    | DECIMAL               | binary x (STRING)                       | 0.10
                    decimal    | DECIMAL(39, 2)        | binary x (STRING)                       | 0.10
                    decimal    | DECIMAL(2, 3)         | binary x (STRING)                       | 0.10
                    decimal    | decimal(9,2)          | int32 x (DECIMAL(9,2))                  | -9999999.99
                    decimal    | NUMERIC(10, 1)        | int64 x (DECIMAL(10,1))                 | 999999999.9
                    decimal    | DECIMAL(18)           | int64 x (DECIMAL(18,0))                 | -999999999999999999
                    decimal    | DECIMAL(19,1)         | fixed_len_byte_array(9) x (DECIMAL(19,1)) | -0.1
                    decimal    | DECIMAL(38, 38)       | fixed_len_byte_array(16) x (DECIMAL(38,38)) | 0.99999999999999999999999999999999999999
                    integer    | DECIMAL(5, 2)         | int32 x (DECIMAL(5,2))                  | 7.00
                    date       |                       | binary x (STRING)                       | 1970-01
                    date       | DATE                  | int32 x (DATE)                          | 0001-01-01
                    date       | TIMESTAMP             | binary x (STRING)                       | 1970-01-01
                    dateTime   |                       | binary x (STRING)                       | 2015-02-07T13:28:17+02:00
                    dateTime   | DATE                  | int32 x (DATE)                          | 9999-12-31
                    dateTime   | TIMESTAMP             | int64 x (TIMESTAMP(MICROS,true))        | 2015-02-07T13:28:17.239Z
                    dateTime   | Timestamp with  time zone | int64 x (TIMESTAMP(MICROS,true))    | 1969-12-31T23:59:59.999999Z
                    dateTime   | TIMESTAMP(3)          | int64 x (TIMESTAMP(MILLIS,true))        | 0001-01-01T00:00:00Z
                    dateTime   | TIMESTAMP(9) WITH TIME ZONE | int64 x (TIMESTAMP(NANOS,true))   | 1969-12-31T23:59:59.999999999Z
                    dateTime   | TIMESTAMP(10)         | binary x (STRING)                       | 2015
                    instant    |                       | int64 x (TIMESTAMP(MICROS,true))        | 9999-12-31T23:59:59.999999Z
                    instant    | CHARACTER VARYING     | binary x (STRING)                       | 2015-02-07T13:28:17.2390000+02:00
                    time       |                       | binary x (STRING)                       | 12:00:00
                    time       | TIME                  | int64 x (TIME(MICROS,false))            | 23:59:59.999999
                    time       | TIME(0)               | int32 x (TIME(MILLIS,false))            | 23:59:59
                    time       | TIME(9)               | int64 x (TIME(NANOS,false))             | 23:59:59.999999999
                    boolean    | DATE                  | boolean x                               | false
                    """)
    void formsOfColumns(String type, String hint, String form, String text) {
        List<TableColumn> columns = List.of(column(type, hint));
        Kind kind = columns.getFirst().type().kind();
        Row nothing = Row.of(Value.Absent.ABSENT);
        byte[] bytes = written(columns, List.of(nothing, Row.of(given(kind, text)), nothing));
        var file = ParquetFile.read(bytes, columns);
        assertEquals("optional " + form, file.schema().getType("x").toString());
        Value back =
                form.contains("DECIMAL")
                        ? new Value.Decimal(new BigDecimal(text))
                        : value(kind, text);
        assertEquals(List.of(nothing, Row.of(back), nothing), file.rows());
    }

    private static Value given(Kind kind, String text) {
        return kind == Kind.INTEGER
                ? new Value.Whole(new BigDecimal(text).longValueExact())
                : value(kind, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    integer    |                | 2147483648
                    decimal    | DECIMAL(4,2)   | 1.005
                    decimal    | DECIMAL(4,2)   | 100.00
                    decimal    | DECIMAL(38,0)  | 1E+999999999
                    decimal    | DECIMAL(38,38) | 1E-999999999
                    date       | DATE           | 1970-01
                    date       | DATE           | 1970
                    dateTime   | DATE           | 2015-02-07T13:28:17+02:00
                    dateTime   | TIMESTAMP      | 2015-02-07
                    dateTime   | TIMESTAMP(9)   | 2400-01-01T00:00:00Z
                    instant    |                | 2015-02-07T13:28:17.1234567Z
                    instant    |                | 2016-12-31T23:59:60Z
                    time       | TIME(3)        | 12:00:00.0001
                    """)
    void whatAFormCannotHoldExactlyIsRefused(String type, String hint, String text)
            throws IOException {
        List<TableColumn> columns = List.of(column(type, hint));
        var table = new ParquetTable(new ByteArrayOutputStream(), columns);
        Row row = Row.of(value(columns.getFirst().type().kind(), text));
        var refused = assertThrows(StorageException.Unprocessable.class, () -> table.write(row));
        assertTrue(refused.getMessage().startsWith("the column 'x': '"), refused::getMessage);
    }

    @Test
    void offsetsBecomeInstants() {
        List<TableColumn> columns = List.of(column("instant", null));
        Row row = Row.of(new Value.Text("2015-02-07T13:28:17.239+02:00"));
        assertEquals(
                List.of(Row.of(new Value.Text("2015-02-07T11:28:17.239Z"))),
                ParquetFile.read(written(columns, List.of(row)), columns).rows());
    }

    @Test
    void aTableWithoutRows() {
        List<TableColumn> columns = List.of(column("string", null));
        var file = ParquetFile.read(written(columns, List.of()), columns);
        assertEquals(List.of(), file.rows());
        assertEquals(List.of(), file.groups());
    }

    /** Lists of every length, nulls and values of every kind, by chance but always the same. */
    @Test
    void randomRowsComeBack() {
        var random = new Random(20_261_121);
        List<String> types =
                List.of(
                        "boolean",
                        "integer",
                        "integer64",
                        "decimal",
                        "string",
                        "date",
                        "HumanName");
        var columns = new ArrayList<TableColumn>();
        for (String type : types) {
            columns.add(new TableColumn(type, type(type), false));
            columns.add(new TableColumn(type + "_list", type(type), true));
        }
        columns.add(new TableColumn("money", type("decimal"), true, Optional.of("DECIMAL(30, 4)")));
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 30_000; i++) {
            rows.add(new Row(columns.stream().map(each -> random(each, random)).toList()));
        }
        var file = ParquetFile.read(written(columns, rows), columns);
        assertEquals(rows, file.rows());
    }

    private static Value random(TableColumn column, Random random) {
        if (!column.collection()) {
            return random.nextInt(4) == 0 ? Value.Absent.ABSENT : one(column, random);
        }
        var values = new ArrayList<Value>();
        for (int left = random.nextInt(4); left > 0; left--) {
            values.add(one(column, random));
        }
        return new Value.Many(values);
    }

    private static Value one(TableColumn column, Random random) {
        return switch (column.type().kind()) {
            case BOOLEAN -> Value.Truth.of(random.nextBoolean());
            case INTEGER ->
                    new Value.Whole(
                            column.type().name().equals("integer")
                                    ? random.nextInt()
                                    : random.nextLong());
            case DECIMAL ->
                    new Value.Decimal(new BigDecimal(new BigInteger(60, random), 4).negate());
            case COMPLEX -> new Value.Structure(Json.of("{\"a\":" + random.nextInt() + "}"));
            case STRING, DATE, DATE_TIME, TIME ->
                    new Value.Text("ä".repeat(random.nextInt(5)) + random.nextInt(1000));
        };
    }

    /** Text that hardly shrinks, so that what is kept is what was written. */
    @Test
    void rowGroupsEndByTheirBytes() {
        var random = new Random(1);
        List<TableColumn> columns =
                List.of(
                        new TableColumn("number", type("integer"), false),
                        new TableColumn("text", type("string"), false));
        var rows = new ArrayList<Row>();
        for (int i = 0; i < 60_000; i++) {
            String text = new BigInteger(4_000, random).toString(36);
            rows.add(Row.of(new Value.Whole(i), new Value.Text(text)));
        }
        var file = ParquetFile.read(written(columns, rows), columns);
        assertEquals(rows, file.rows());
        assertTrue(file.groups().size() >= 2, () -> file.groups().toString());
        for (BlockMetaData group : file.groups()) {
            assertTrue(group.getCompressedSize() < 2 * ParquetTable.ROW_GROUP, group::toString);
        }
        BlockMetaData first = file.groups().getFirst();
        assertTrue(first.getTotalByteSize() > ParquetTable.ROW_GROUP / 2, first::toString);
    }

    /** The widest view makes no row group for a row. */
    @Test
    void manyColumns() {
        var columns = new ArrayList<TableColumn>();
        for (int i = 0; i < 2_000; i++) {
            columns.add(new TableColumn("c" + i, type("string"), i % 2 == 0));
        }
        var values = new ArrayList<Value>();
        for (TableColumn column : columns) {
            Value text = new Value.Text(column.name());
            values.add(column.collection() ? new Value.Many(List.of(text, text)) : text);
        }
        List<Row> rows = java.util.Collections.nCopies(200, new Row(values));
        var file = ParquetFile.read(written(columns, rows), columns);
        assertEquals(rows, file.rows());
        assertEquals(1, file.groups().size());
    }
}
