package dev.andiron.sqlite;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * Rows of the index tables. They are compared so that those that go into neighbouring places of a
 * table, and those that share columns, follow each other.
 */
final class IndexRow {
    private IndexRow() {}

    private static int bind(PreparedStatement statement, int first, long number)
            throws SQLException {
        statement.setLong(first, number);
        return first + 1;
    }

    record Text(long parameter, String value, long resource) {
        static final BulkInsert<Text> INSERT =
                new BulkInsert<>(
                        "INSERT OR IGNORE INTO text_index (parameter, value, resource)",
                        1,
                        2,
                        (statement, first, row) -> IndexRow.bind(statement, first, row.parameter),
                        Text::bind,
                        (one, other) -> one.parameter == other.parameter);

        static int compare(Text one, Text other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            int order = one.value.compareTo(other.value);
            return order != 0 ? order : Long.compare(one.resource, other.resource);
        }

        private static int bind(PreparedStatement statement, int first, Text row)
                throws SQLException {
            statement.setString(first, row.value);
            statement.setLong(first + 1, row.resource);
            return first + 2;
        }
    }

    /** The value is the number of a name. */
    record Uri(long parameter, long value, long resource) {
        static final BulkInsert<Uri> INSERT =
                new BulkInsert<>(
                        "INSERT OR IGNORE INTO uri_index (parameter, value, resource)",
                        2,
                        1,
                        Uri::bindShared,
                        (statement, first, row) -> IndexRow.bind(statement, first, row.resource),
                        (one, other) ->
                                one.parameter == other.parameter && one.value == other.value);

        static int compare(Uri one, Uri other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            return one.value != other.value
                    ? Long.compare(one.value, other.value)
                    : Long.compare(one.resource, other.resource);
        }

        private static int bindShared(PreparedStatement statement, int first, Uri row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setLong(first + 1, row.value);
            return first + 2;
        }
    }

    record Token(long parameter, String code, long system, long display, long resource) {
        static final BulkInsert<Token> INSERT =
                new BulkInsert<>(
                        "INSERT OR IGNORE INTO token_index"
                                + " (parameter, code, system, display, resource)",
                        4,
                        1,
                        Token::bindShared,
                        (statement, first, row) -> IndexRow.bind(statement, first, row.resource),
                        Token::share);

        static int compare(Token one, Token other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            int order = one.code.compareTo(other.code);
            if (order != 0) {
                return order;
            }
            if (one.system != other.system) {
                return Long.compare(one.system, other.system);
            }
            return one.display != other.display
                    ? Long.compare(one.display, other.display)
                    : Long.compare(one.resource, other.resource);
        }

        private static boolean share(Token one, Token other) {
            return one.parameter == other.parameter
                    && one.system == other.system
                    && one.display == other.display
                    && one.code.equals(other.code);
        }

        private static int bindShared(PreparedStatement statement, int first, Token row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setString(first + 1, row.code);
            statement.setLong(first + 2, row.system);
            statement.setLong(first + 3, row.display);
            return first + 4;
        }
    }

    record Display(long parameter, long display, String code, long system) {
        static final BulkInsert<Display> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO token_display", 4, Display::bind);

        private static int bind(PreparedStatement statement, int first, Display row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setLong(first + 1, row.display);
            statement.setString(first + 2, row.code);
            statement.setLong(first + 3, row.system);
            return first + 4;
        }
    }

    record Reference(long parameter, long target, long resource, String version) {
        static final BulkInsert<Reference> INSERT =
                new BulkInsert<>(
                        "INSERT OR IGNORE INTO reference_index"
                                + " (parameter, version, target, resource)",
                        2,
                        2,
                        Reference::bindShared,
                        Reference::bind,
                        (one, other) ->
                                one.parameter == other.parameter
                                        && one.version.equals(other.version));

        static int compare(Reference one, Reference other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            return one.target != other.target
                    ? Long.compare(one.target, other.target)
                    : Long.compare(one.resource, other.resource);
        }

        private static int bindShared(PreparedStatement statement, int first, Reference row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setString(first + 1, row.version);
            return first + 2;
        }

        private static int bind(PreparedStatement statement, int first, Reference row)
                throws SQLException {
            statement.setLong(first, row.target);
            statement.setLong(first + 1, row.resource);
            return first + 2;
        }
    }

    /** Low and high are in microseconds here. */
    record Date(long parameter, long low, long high, long resource) {
        static final BulkInsert<Date> INSERT =
                new BulkInsert<>(
                        "INSERT OR IGNORE INTO date_index (parameter, low, high, resource)",
                        1,
                        3,
                        (statement, first, row) -> IndexRow.bind(statement, first, row.parameter),
                        Date::bind,
                        (one, other) -> one.parameter == other.parameter);

        static int compare(Date one, Date other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            if (one.low != other.low) {
                return Long.compare(one.low, other.low);
            }
            return one.high != other.high
                    ? Long.compare(one.high, other.high)
                    : Long.compare(one.resource, other.resource);
        }

        private static int bind(PreparedStatement statement, int first, Date row)
                throws SQLException {
            Session.bind(statement, first, SqliteDialect.seconds(row.low));
            Session.bind(statement, first + 1, SqliteDialect.seconds(row.high));
            statement.setLong(first + 2, row.resource);
            return first + 3;
        }
    }

    record Number(
            long parameter,
            byte[] low,
            byte[] high,
            long system,
            long code,
            long resource,
            byte[] value) {
        static final BulkInsert<Number> INSERT =
                new BulkInsert<>(
                        "INSERT OR IGNORE INTO number_index"
                                + " (parameter, low, high, system, code, resource, value)",
                        1,
                        6,
                        (statement, first, row) -> IndexRow.bind(statement, first, row.parameter),
                        Number::bind,
                        (one, other) -> one.parameter == other.parameter);

        static int compare(Number one, Number other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            int order = Arrays.compareUnsigned(one.low, other.low);
            return order != 0 ? order : Long.compare(one.resource, other.resource);
        }

        private static int bind(PreparedStatement statement, int first, Number row)
                throws SQLException {
            statement.setBytes(first, row.low);
            statement.setBytes(first + 1, row.high);
            statement.setLong(first + 2, row.system);
            statement.setLong(first + 3, row.code);
            statement.setLong(first + 4, row.resource);
            statement.setBytes(first + 5, row.value);
            return first + 6;
        }
    }

    record Position(long parameter, double latitude, double longitude, long resource) {
        static final BulkInsert<Position> INSERT =
                new BulkInsert<>("INSERT OR IGNORE INTO position_index", 4, Position::bind);

        static int compare(Position one, Position other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            int order = Double.compare(one.latitude, other.latitude);
            return order != 0 ? order : Double.compare(one.longitude, other.longitude);
        }

        private static int bind(PreparedStatement statement, int first, Position row)
                throws SQLException {
            statement.setLong(first, row.parameter);
            statement.setDouble(first + 1, row.latitude);
            statement.setDouble(first + 2, row.longitude);
            statement.setLong(first + 3, row.resource);
            return first + 4;
        }
    }

    record Composite(long parameter, String key, long resource, long element, String content) {
        static final BulkInsert<Composite> INSERT =
                new BulkInsert<>(
                        "INSERT INTO composite_index (parameter, key, resource, element, content)",
                        1,
                        4,
                        (statement, first, row) -> IndexRow.bind(statement, first, row.parameter),
                        Composite::bind,
                        (one, other) -> one.parameter == other.parameter);

        static int compare(Composite one, Composite other) {
            if (one.parameter != other.parameter) {
                return Long.compare(one.parameter, other.parameter);
            }
            int order = one.key.compareTo(other.key);
            return order != 0 ? order : Long.compare(one.resource, other.resource);
        }

        private static int bind(PreparedStatement statement, int first, Composite row)
                throws SQLException {
            statement.setString(first, row.key);
            statement.setLong(first + 1, row.resource);
            statement.setLong(first + 2, row.element);
            statement.setString(first + 3, row.content);
            return first + 4;
        }
    }
}
