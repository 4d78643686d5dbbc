package dev.andiron.fhir.view.parquet;

import dev.andiron.fhir.view.TableColumn;
import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType.Kind;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How single values stand in a file. A form holds each value exactly, or refuses it: nothing is
 * rounded, and nothing becomes a floating point number.
 */
sealed interface CellForm permits CellForm.Plain, DecimalForm, MomentForm {

    /** The type that values are stored as. */
    PrimitiveTypeName physical();

    /** How many bytes a value has; 0 but for those of a fixed length. */
    default int length() {
        return 0;
    }

    /** What the stored values mean; empty where the stored type says it. */
    Optional<LogicalTypeAnnotation> logical();

    /** Whether it holds every value of the columns that it is for. */
    boolean holdsAll();

    /**
     * Writes a value that is there.
     *
     * @return about how many bytes it takes
     * @throws StorageException.Unprocessable if the form cannot hold the value exactly
     */
    int write(Value value, RecordConsumer to);

    /** Forms without parameters. */
    enum Plain implements CellForm {
        TRUTH(PrimitiveTypeName.BOOLEAN),
        INT32(PrimitiveTypeName.INT32),
        INT64(PrimitiveTypeName.INT64),
        TEXT(PrimitiveTypeName.BINARY, LogicalTypeAnnotation.stringType()),
        JSON(PrimitiveTypeName.BINARY, LogicalTypeAnnotation.jsonType());

        private final PrimitiveTypeName physical;
        private final Optional<LogicalTypeAnnotation> logical;

        Plain(PrimitiveTypeName physical) {
            this.physical = physical;
            this.logical = Optional.empty();
        }

        Plain(PrimitiveTypeName physical, LogicalTypeAnnotation logical) {
            this.physical = physical;
            this.logical = Optional.of(logical);
        }

        @Override
        public PrimitiveTypeName physical() {
            return physical;
        }

        /** What is counted or computed may be larger than FHIR's integers. */
        @Override
        public boolean holdsAll() {
            return this != INT32;
        }

        @Override
        public Optional<LogicalTypeAnnotation> logical() {
            return logical;
        }

        @Override
        public int write(Value value, RecordConsumer to) {
            switch (this) {
                case TRUTH -> {
                    if (!(value instanceof Value.Truth truth)) {
                        throw refusal(value, "BOOLEAN");
                    }
                    to.addBoolean(truth.value());
                    return 1;
                }
                case INT32 -> {
                    long whole = whole(value, "INTEGER");
                    if (whole != (int) whole) {
                        throw refusal(value, "INTEGER");
                    }
                    to.addInteger((int) whole);
                    return Integer.BYTES;
                }
                case INT64 -> {
                    to.addLong(whole(value, "BIGINT"));
                    return Long.BYTES;
                }
                case TEXT, JSON -> {
                    byte[] bytes =
                            value instanceof Value.Structure structure
                                    ? structure.json().bytes()
                                    : text(value).getBytes(StandardCharsets.UTF_8);
                    to.addBinary(Binary.fromConstantByteArray(bytes));
                    return bytes.length + Integer.BYTES;
                }
            }
            throw new AssertionError(this);
        }

        private static long whole(Value value, String form) {
            if (value instanceof Value.Whole whole) {
                return whole.value();
            }
            throw refusal(value, form);
        }
    }

    /** The form of a column: what it asks for, if that suits its values, else what suits them. */
    static CellForm of(TableColumn column) {
        Kind kind = column.type().kind();
        return column.sqlType()
                .flatMap(SqlType::of)
                .flatMap(wanted -> wanted(wanted, kind))
                .orElseGet(() -> usual(column.type().name(), kind));
    }

    private static Optional<CellForm> wanted(SqlType wanted, Kind kind) {
        boolean moment = kind == Kind.DATE || kind == Kind.DATE_TIME;
        boolean number = kind == Kind.INTEGER || kind == Kind.DECIMAL;
        CellForm form =
                switch (wanted) {
                    case SqlType.Plain.TEXT -> kind == Kind.COMPLEX ? null : Plain.TEXT;
                    case SqlType.Plain.INTEGER -> kind == Kind.INTEGER ? Plain.INT32 : null;
                    case SqlType.Plain.BIGINT -> kind == Kind.INTEGER ? Plain.INT64 : null;
                    case SqlType.Plain.DATE -> moment ? MomentForm.date() : null;
                    case SqlType.Decimal(int precision, int scale) ->
                            number ? new DecimalForm(precision, scale) : null;
                    case SqlType.Timestamp(int digits) ->
                            kind == Kind.DATE_TIME ? MomentForm.timestamp(digits) : null;
                    case SqlType.Time(int digits) ->
                            kind == Kind.TIME ? MomentForm.time(digits) : null;
                };
        return Optional.ofNullable(form);
    }

    /**
     * Decimals have no bound, dates and times may be partial: they keep their text. An instant is
     * always whole.
     */
    private static CellForm usual(String type, Kind kind) {
        return switch (kind) {
            case BOOLEAN -> Plain.TRUTH;
            case INTEGER -> type.equals("integer64") ? Plain.INT64 : Plain.INT32;
            case DATE_TIME ->
                    type.equals("instant")
                            ? MomentForm.timestamp(SqlType.USUAL_FRACTION)
                            : Plain.TEXT;
            case DECIMAL, STRING, DATE, TIME -> Plain.TEXT;
            case COMPLEX -> Plain.JSON;
        };
    }

    /** A value as the text formats show it. */
    static String text(Value value) {
        return switch (value) {
            case Value.Text text -> text.value();
            case Value.Whole whole -> Long.toString(whole.value());
            case Value.Decimal decimal -> decimal.value().toPlainString();
            case Value.Truth truth -> Boolean.toString(truth.value());
            case Value.Structure structure ->
                    new String(structure.json().bytes(), StandardCharsets.UTF_8);
            case Value.Many many -> many.values().stream().map(CellForm::text).toList().toString();
            case Value.Absent absent -> "";
        };
    }

    /** A number, as a decimal. */
    static Optional<BigDecimal> number(Value value) {
        return switch (value) {
            case Value.Whole whole -> Optional.of(BigDecimal.valueOf(whole.value()));
            case Value.Decimal decimal -> Optional.of(decimal.value());
            case Value.Text text -> Optional.empty();
            case Value.Truth truth -> Optional.empty();
            case Value.Structure structure -> Optional.empty();
            case Value.Many many -> Optional.empty();
            case Value.Absent absent -> Optional.empty();
        };
    }

    /** Tells that a form cannot hold a value. */
    static StorageException.Unprocessable refusal(Value value, String form) {
        String text = text(value);
        String shown = text.length() <= 100 ? text : text.substring(0, 100) + "...";
        return new StorageException.Unprocessable(
                "'%s' is no %s of Parquet; the tag ansi/type with CHARACTER VARYING shows any value"
                        .formatted(shown, form));
    }
}
