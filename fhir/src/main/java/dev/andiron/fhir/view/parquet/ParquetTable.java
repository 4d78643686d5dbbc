package dev.andiron.fhir.view.parquet;

import dev.andiron.fhir.view.TableColumn;
import dev.andiron.fhir.view.TableWriter;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Row;
import dev.andiron.spi.view.Value;

import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Types;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A Parquet file. Rows are kept until they fill a row group; memory holds one of them, and what the
 * footer will say about those before it: a few hundred bytes for each column of each.
 */
public final class ParquetTable implements TableWriter {
    /** The bytes of encoded columns in memory at which a row group ends. */
    static final long ROW_GROUP = 16 << 20;

    /** The most that the buffers behind them may take, dictionaries included. */
    private static final long MOST_MEMORY = 3 * ROW_GROUP;

    /** After how many bytes of values the library is asked how much it keeps. */
    private static final long BETWEEN_CHECKS = 1 << 18;

    private static final int LONGEST_BOUND = 64;
    private static final String LIST = "list";
    private static final String ELEMENT = "element";

    private final List<TableColumn> columns;
    private final CellForm[] forms;
    private final MessageType schema;
    private final ParquetProperties properties;
    private final GzipPages codec = new GzipPages();
    private final StreamFile out;
    private final ParquetFileWriter file;
    private ColumnChunkPageWriteStore pages;
    private ColumnWriteStore group;
    private RecordConsumer consumer;
    private int groups;
    private long rows;
    private long kept;
    private long unchecked;

    /** Begins a table. */
    public ParquetTable(OutputStream out, List<TableColumn> columns) throws IOException {
        this.columns = List.copyOf(columns);
        forms = columns.stream().map(CellForm::of).toArray(CellForm[]::new);
        schema = schema();
        properties = ParquetProperties.builder().build();
        this.out = new StreamFile(out);
        file =
                new ParquetFileWriter(
                        this.out,
                        schema,
                        ParquetFileWriter.Mode.CREATE,
                        ROW_GROUP,
                        0,
                        LONGEST_BOUND,
                        LONGEST_BOUND,
                        properties.getPageWriteChecksumEnabled());
        file.start();
        begin();
    }

    /** Whether there may be values that a column cannot hold as what it says it is. */
    public static boolean mayRefuse(List<TableColumn> columns) {
        return columns.stream().map(CellForm::of).anyMatch(form -> !form.holdsAll());
    }

    private MessageType schema() {
        var fields = new ArrayList<Type>();
        for (int i = 0; i < forms.length; i++) {
            TableColumn column = columns.get(i);
            fields.add(
                    column.collection()
                            ? list(column.name(), forms[i])
                            : cell(Types.optional(forms[i].physical()), forms[i])
                                    .named(column.name()));
        }
        return new MessageType("table", fields);
    }

    private static GroupType list(String name, CellForm form) {
        return Types.optionalList()
                .element(cell(Types.required(form.physical()), form).named(ELEMENT))
                .named(name);
    }

    private static <T> Types.PrimitiveBuilder<T> cell(
            Types.PrimitiveBuilder<T> type, CellForm form) {
        var sized = form.length() > 0 ? type.length(form.length()) : type;
        form.logical().ifPresent(sized::as);
        return sized;
    }

    private void begin() {
        pages =
                ColumnChunkPageWriteStore.builder()
                        .withCompressorProvider(_ -> codec)
                        .withSchema(schema)
                        .withAllocator(properties.getAllocator())
                        .withColumnIndexTruncateLength(LONGEST_BOUND)
                        .withPageWriteChecksumEnabled(properties.getPageWriteChecksumEnabled())
                        .withRowGroupOrdinal(groups++)
                        .build();
        group = properties.newColumnWriteStore(schema, pages, pages);
        consumer = new ColumnIOFactory().getColumnIO(schema).getRecordWriter(group);
        rows = 0;
        kept = 0;
    }

    @Override
    public void write(Row row) throws IOException {
        consumer.startMessage();
        for (int i = 0; i < forms.length; i++) {
            Value value = row.values().get(i);
            unchecked++;
            if (value != Value.Absent.ABSENT) {
                write(i, value);
            }
        }
        consumer.endMessage();
        rows++;
        if (unchecked >= BETWEEN_CHECKS) {
            check();
        }
    }

    private void check() throws IOException {
        unchecked = 0;
        kept = group.getBufferedSize();
        if (kept >= ROW_GROUP || group.getAllocatedSize() >= MOST_MEMORY) {
            end();
            begin();
        }
    }

    private void write(int index, Value value) {
        String name = columns.get(index).name();
        consumer.startField(name, index);
        try {
            if (value instanceof Value.Many many && columns.get(index).collection()) {
                list(many.values(), forms[index]);
            } else {
                unchecked += forms[index].write(value, consumer);
            }
        } catch (StorageException.Unprocessable refused) {
            throw new StorageException.Unprocessable(
                    "the column '%s': %s".formatted(name, refused.getMessage()));
        }
        consumer.endField(name, index);
    }

    private void list(List<Value> values, CellForm form) {
        consumer.startGroup();
        if (!values.isEmpty()) {
            consumer.startField(LIST, 0);
            for (Value value : values) {
                consumer.startGroup();
                consumer.startField(ELEMENT, 0);
                unchecked += form.write(value, consumer) + 1;
                consumer.endField(ELEMENT, 0);
                consumer.endGroup();
            }
            consumer.endField(LIST, 0);
        }
        consumer.endGroup();
    }

    /** Ends the row group. */
    private void end() throws IOException {
        consumer.flush();
        if (rows > 0) {
            file.startBlock(rows);
            group.flush();
            pages.flushToFileWriter(file);
            file.endBlock();
        }
        group.close();
        pages.close();
    }

    @Override
    public long size() {
        return out.position() + kept + unchecked;
    }

    /** Rows stay until their group is full: a reader could do nothing with them. */
    @Override
    public void flush() {}

    @Override
    public void close() throws IOException {
        end();
        kept = 0;
        unchecked = 0;
        file.end(Map.of());
        file.close();
    }
}
