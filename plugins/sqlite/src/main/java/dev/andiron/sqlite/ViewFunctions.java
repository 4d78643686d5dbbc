package dev.andiron.sqlite;

import dev.andiron.spi.StorageException;
import dev.andiron.spi.view.Expression.ArithmeticOperator;
import dev.andiron.spi.view.Expression.Bound;
import dev.andiron.spi.view.Expression.TextOperation;
import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Value;
import dev.andiron.spi.view.ValueType.Kind;

import org.sqlite.Function;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The functions that compiled views call, as functions of one connection's SQL. Used by one thread
 * at a time.
 */
final class ViewFunctions {
    static final String BODY = "andiron_body";
    static final String SEVERAL = "andiron_several";
    static final String COMPARE_MOMENTS = "andiron_compare_moments";
    static final String COMPARE_DECIMALS = "andiron_compare_decimals";
    static final String ARITHMETIC = "andiron_arithmetic";
    static final String BOUNDARY = "andiron_boundary";
    static final String REFERENCE_KEY = "andiron_reference_key";
    static final String TEXT = "andiron_text";

    private static final int ANY = -1;

    /** SQLITE_INTEGER and SQLITE_NULL. */
    private static final int INTEGER = 1;

    private static final int NULL = 5;

    private final BodyCodec.Reader bodies;
    private ScalarFunctions scalars;
    private DocumentMembers members = new DocumentMembers(Optional.empty());
    private Optional<StorageException> failure = Optional.empty();

    /** The resource whose rows are being made. */
    private byte[] document = {};

    ViewFunctions(Connection connection, BodyCodec.Reader bodies) throws SQLException {
        this.bodies = bodies;
        add(connection, BODY, 6, Call::body);
        add(connection, SEVERAL, 0, Call::several);
        add(connection, COMPARE_MOMENTS, 2, Call::compareMoments);
        add(connection, COMPARE_DECIMALS, 2, Call::compareDecimals);
        add(connection, ARITHMETIC, 4, Call::arithmetic);
        add(connection, BOUNDARY, 3, Call::boundary);
        add(connection, REFERENCE_KEY, 3, Call::referenceKey);
        add(connection, TEXT, ANY, Call::text);
    }

    /**
     * Says by which functions the next statement computes.
     *
     * @param wanted the members of documents that it looks at
     */
    void use(ScalarFunctions functions, DocumentMembers wanted) {
        scalars = functions;
        members = wanted;
        failure = Optional.empty();
    }

    /** Why the last statement failed, if it was one of these functions. */
    Optional<StorageException> failure() {
        return failure;
    }

    /** The id of the resource that the last statement was at. */
    String resource() {
        return document.length == 0 ? "?" : DocumentMembers.id(document).orElse("?");
    }

    @FunctionalInterface
    private interface Body {
        void run(Call call) throws SQLException;
    }

    private void add(Connection connection, String name, int arguments, Body body)
            throws SQLException {
        // One that takes nothing would be called before it is needed, were it deterministic.
        int flags = arguments == 0 ? 0 : Function.FLAG_DETERMINISTIC;
        Function.create(connection, name, new Call(body), arguments, flags);
    }

    /** One function while it is called. */
    private final class Call extends Function {
        private final Body body;

        Call(Body body) {
            this.body = body;
        }

        @Override
        protected void xFunc() throws SQLException {
            try {
                body.run(this);
            } catch (StorageException e) {
                failure = Optional.of(e);
                error(e.getMessage());
            }
        }

        private boolean nothing(int from) throws SQLException {
            for (int i = from; i < args(); i++) {
                if (value_type(i) == NULL) {
                    result();
                    return true;
                }
            }
            return false;
        }

        private void textOrNull(Optional<String> text) throws SQLException {
            if (text.isPresent()) {
                result(text.get());
            } else {
                result();
            }
        }

        void body() throws SQLException {
            var preamble =
                    new Preamble(
                            value_text(2),
                            IdCode.decode(value_blob(3)),
                            value_long(4),
                            value_long(5));
            document = bodies.decompress(value_int(0), value_blob(1), preamble).bytes();
            result(members.of(document));
        }

        void several() {
            throw new StorageException.Unprocessable(
                    "there are several values where the view allows one");
        }

        void compareMoments() throws SQLException {
            if (nothing(0)) {
                return;
            }
            var order = scalars.compareMoments(value_text(0), value_text(1));
            if (order.isPresent()) {
                result(order.getAsInt());
            } else {
                result();
            }
        }

        void compareDecimals() throws SQLException {
            if (!nothing(0)) {
                result(decimal(0).compareTo(decimal(1)));
            }
        }

        private BigDecimal decimal(int argument) throws SQLException {
            String text = value_text(argument);
            try {
                return new BigDecimal(text);
            } catch (NumberFormatException e) {
                throw new StorageException.Unprocessable("'%s' is no number".formatted(text));
            }
        }

        void arithmetic() throws SQLException {
            if (nothing(1)) {
                return;
            }
            var operator = ArithmeticOperator.valueOf(value_text(0));
            boolean integers = value_int(3) == 1;
            var computed = scalars.arithmetic(operator, decimal(1), decimal(2), integers);
            boolean whole =
                    operator == ArithmeticOperator.INTEGER_DIVIDE
                            || integers && operator != ArithmeticOperator.DIVIDE;
            if (whole && computed.isPresent()) {
                result(whole(computed.get()));
            } else {
                textOrNull(computed.map(BigDecimal::toString));
            }
        }

        private static long whole(BigDecimal number) {
            try {
                return number.longValueExact();
            } catch (ArithmeticException e) {
                throw new StorageException.Unprocessable("an integer is out of range");
            }
        }

        void boundary() throws SQLException {
            if (!nothing(0)) {
                textOrNull(
                        scalars.boundary(
                                Kind.valueOf(value_text(0)),
                                value_text(1),
                                Bound.valueOf(value_text(2))));
            }
        }

        void referenceKey() throws SQLException {
            if (value_type(0) == NULL) {
                result();
                return;
            }
            Optional<String> declared = Optional.ofNullable(value_text(1));
            Optional<String> wanted = Optional.of(value_text(2)).filter(type -> !type.isEmpty());
            textOrNull(scalars.referenceKey(value_text(0), declared, wanted));
        }

        void text() throws SQLException {
            if (nothing(0)) {
                return;
            }
            List<Value> arguments = new ArrayList<>();
            for (int i = 2; i < args(); i++) {
                arguments.add(
                        value_type(i) == INTEGER
                                ? new Value.Whole(value_long(i))
                                : new Value.Text(value_text(i)));
            }
            var found =
                    scalars.text(TextOperation.valueOf(value_text(0)), value_text(1), arguments);
            switch (found.orElse(Value.Absent.ABSENT)) {
                case Value.Text text -> result(text.value());
                case Value.Whole whole -> result(whole.value());
                case Value.Truth truth -> result(truth.value() ? 1 : 0);
                case Value.Decimal decimal -> result(decimal.value().toString());
                case Value.Absent _, Value.Structure _, Value.Many _ -> result();
            }
        }
    }
}
