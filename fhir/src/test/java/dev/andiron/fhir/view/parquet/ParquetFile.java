package dev.andiron.fhir.view.parquet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.andiron.fhir.view.TableColumn;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.format.Util;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.LogicalTypeAnnotation.DateLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.DecimalLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A Parquet file as the library's decoders see it. Its reader of files would need Hadoop; this one
 * takes the footer and the pages apart itself.
 */
public record ParquetFile(MessageType schema, List<BlockMetaData> groups, List<Row> rows) {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);

    /** Reads a file whose columns are known. */
    public static ParquetFile read(byte[] bytes, List<TableColumn> columns) {
        try {
            ParquetMetadata footer = footer(bytes);
            MessageType schema = footer.getFileMetaData().getSchema();
            var rows = new ArrayList<Row>();
            for (BlockMetaData block : footer.getBlocks()) {
                RecordReader<Group> records =
                        new ColumnIOFactory()
                                .getColumnIO(schema)
                                .getRecordReader(
                                        new ParquetPages(bytes, schema, block),
                                        new GroupRecordConverter(schema));
                for (long i = 0; i < block.getRowCount(); i++) {
                    rows.add(row(records.read(), columns));
                }
            }
            return new ParquetFile(schema, footer.getBlocks(), rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It stands in front of its length and the four letters that begin and end a file. */
    private static ParquetMetadata footer(byte[] bytes) throws IOException {
        int end = bytes.length - MAGIC.length;
        assertArrayEquals(MAGIC, Arrays.copyOf(bytes, MAGIC.length));
        assertArrayEquals(MAGIC, Arrays.copyOfRange(bytes, end, bytes.length));
        int length =
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(end - Integer.BYTES);
        var in = new ByteArrayInputStream(bytes, end - Integer.BYTES - length, length);
        return new ParquetMetadataConverter().fromParquetMetadata(Util.readFileMetaData(in));
    }

    private static Row row(Group group, List<TableColumn> columns) {
        var values = new ArrayList<Value>();
        for (int i = 0; i < columns.size(); i++) {
            if (group.getFieldRepetitionCount(i) == 0) {
                values.add(Value.Absent.ABSENT);
            } else if (columns.get(i).collection()) {
                Group list = group.getGroup(i, 0);
                var all = new ArrayList<Value>();
                for (int at = 0; at < list.getFieldRepetitionCount(0); at++) {
                    all.add(value(list.getGroup(0, at), 0, columns.get(i)));
                }
                values.add(new Value.Many(all));
            } else {
                values.add(value(group, i, columns.get(i)));
            }
        }
        return new Row(values);
    }

    private static Value value(Group group, int field, TableColumn column) {
        PrimitiveType type = group.getType().getType(field).asPrimitiveType();
        PrimitiveTypeName physical = type.getPrimitiveTypeName();
        return switch (type.getLogicalTypeAnnotation()) {
            case null ->
                    physical == PrimitiveTypeName.BOOLEAN
                            ? Value.Truth.of(group.getBoolean(field, 0))
                            : new Value.Whole(whole(group, field, physical));
            case DecimalLogicalTypeAnnotation decimal -> {
                BigInteger unscaled =
                        physical == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY
                                ? new BigInteger(group.getBinary(field, 0).getBytes())
                                : BigInteger.valueOf(whole(group, field, physical));
                yield new Value.Decimal(new BigDecimal(unscaled, decimal.getScale()));
            }
            case DateLogicalTypeAnnotation date ->
                    new Value.Text(LocalDate.ofEpochDay(group.getInteger(field, 0)).toString());
            case TimeLogicalTypeAnnotation time ->
                    new Value.Text(
                            LocalTime.ofNanoOfDay(
                                            whole(group, field, physical) * nanos(time.getUnit()))
                                    .toString());
            case TimestampLogicalTypeAnnotation stamp -> {
                long each = 1_000_000_000 / nanos(stamp.getUnit());
                long units = group.getLong(field, 0);
                yield new Value.Text(
                        Instant.ofEpochSecond(
                                        Math.floorDiv(units, each),
                                        Math.floorMod(units, each) * nanos(stamp.getUnit()))
                                .toString());
            }
            default -> text(group.getBinary(field, 0).toStringUsingUTF8(), column);
        };
    }

    private static long whole(Group group, int field, PrimitiveTypeName physical) {
        return physical == PrimitiveTypeName.INT32
                ? group.getInteger(field, 0)
                : group.getLong(field, 0);
    }

    private static long nanos(TimeUnit unit) {
        return switch (unit) {
            case MILLIS -> 1_000_000;
            case MICROS -> 1_000;
            case NANOS -> 1;
        };
    }

    private static Value text(String text, TableColumn column) {
        return switch (column.type().kind()) {
            case BOOLEAN -> Value.Truth.of(Boolean.parseBoolean(text));
            case INTEGER -> new Value.Whole(Long.parseLong(text));
            case DECIMAL -> new Value.Decimal(new BigDecimal(text));
            case COMPLEX -> new Value.Structure(Json.of(text));
            case STRING, DATE, DATE_TIME, TIME -> new Value.Text(text);
        };
    }
}
