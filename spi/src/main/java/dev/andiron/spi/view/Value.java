package dev.andiron.spi.view;

import dev.andiron.spi.resource.Json;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;

/** What stands in one column of a row. Nothing is ever null: a value that is not there is said. */
public sealed interface Value {

    /** No value: SQL's NULL. A column that is a collection never has it, but an empty list. */
    enum Absent implements Value {
        ABSENT
    }

    /** Of kind BOOLEAN. */
    enum Truth implements Value {
        TRUE,
        FALSE;

        public static Truth of(boolean value) {
            return value ? TRUE : FALSE;
        }

        public boolean value() {
            return this == TRUE;
        }
    }

    /** Of kind INTEGER. */
    record Whole(long value) implements Value {}

    /** Of kind DECIMAL, with the digits that it was written with: 1.0 and 1.00 differ. */
    record Decimal(BigDecimal value) implements Value {
        public Decimal {
            Objects.requireNonNull(value, "value is null");
        }
    }

    /** Of kind STRING, DATE, DATE_TIME or TIME: the text as it stands in the resource. */
    record Text(String value) implements Value {
        public Text {
            Objects.requireNonNull(value, "value is null");
        }
    }

    /** Of kind COMPLEX: the element's JSON text, as it was stored or without its white space. */
    record Structure(Json json) implements Value {
        public Structure {
            Objects.requireNonNull(json, "json is null");
        }
    }

    /** The values of a column that is a collection, none of them absent or many. */
    record Many(List<Value> values) implements Value {
        public static final Many NONE = new Many(List.of());

        public Many {
            values = List.copyOf(values);
        }
    }
}
