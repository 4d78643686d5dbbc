package dev.andiron.fhir.view.parquet;

import dev.andiron.spi.view.Value;

import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * Dates, times of day, and points in time as numbers of days and of parts of a second. Only whole
 * ones are taken; a point in time keeps no zone.
 */
record MomentForm(Kind kind, TimeUnit unit) implements CellForm {
    private static final long NANOS = 1_000_000_000;

    enum Kind {
        DATE,
        TIME,
        TIMESTAMP
    }

    static MomentForm date() {
        return new MomentForm(Kind.DATE, TimeUnit.MILLIS);
    }

    static MomentForm time(int digits) {
        return new MomentForm(Kind.TIME, unit(digits));
    }

    static MomentForm timestamp(int digits) {
        return new MomentForm(Kind.TIMESTAMP, unit(digits));
    }

    private static TimeUnit unit(int digits) {
        if (digits <= 3) {
            return TimeUnit.MILLIS;
        }
        return digits <= 6 ? TimeUnit.MICROS : TimeUnit.NANOS;
    }

    @Override
    public PrimitiveTypeName physical() {
        return isInt() ? PrimitiveTypeName.INT32 : PrimitiveTypeName.INT64;
    }

    @Override
    public boolean holdsAll() {
        return false;
    }

    private boolean isInt() {
        return kind == Kind.DATE || kind == Kind.TIME && unit == TimeUnit.MILLIS;
    }

    @Override
    public Optional<LogicalTypeAnnotation> logical() {
        return Optional.of(
                switch (kind) {
                    case DATE -> LogicalTypeAnnotation.dateType();
                    case TIME -> LogicalTypeAnnotation.timeType(false, unit);
                    case TIMESTAMP -> LogicalTypeAnnotation.timestampType(true, unit);
                });
    }

    @Override
    public int write(Value value, RecordConsumer to) {
        long number;
        try {
            number = number(CellForm.text(value));
        } catch (DateTimeException | ArithmeticException unfit) {
            throw CellForm.refusal(value, this.toString());
        }
        if (isInt()) {
            to.addInteger(Math.toIntExact(number));
            return Integer.BYTES;
        }
        to.addLong(number);
        return Long.BYTES;
    }

    /**
     * A text as a number.
     *
     * @throws DateTimeException if it is not whole, or has more digits than the unit
     * @throws ArithmeticException if it is too far away
     */
    private long number(String text) {
        return switch (kind) {
            case DATE -> LocalDate.parse(text).toEpochDay();
            case TIME -> units(LocalTime.parse(text).toNanoOfDay());
            case TIMESTAMP -> {
                Instant instant = OffsetDateTime.parse(text).toInstant();
                yield Math.addExact(
                        Math.multiplyExact(instant.getEpochSecond(), units(NANOS)),
                        units(instant.getNano()));
            }
        };
    }

    private long units(long nanos) {
        long each =
                switch (unit) {
                    case MILLIS -> 1_000_000;
                    case MICROS -> 1_000;
                    case NANOS -> 1;
                };
        if (nanos % each != 0) {
            throw new DateTimeException("more digits than the unit");
        }
        return nanos / each;
    }

    @Override
    public String toString() {
        return kind == Kind.DATE ? "DATE" : kind + "(" + unit + ")";
    }
}
