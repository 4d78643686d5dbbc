package dev.andiron.sql.view;

import dev.andiron.spi.view.Column;
import dev.andiron.spi.view.Expression.ArithmeticOperator;
import dev.andiron.spi.view.Expression.Bound;
import dev.andiron.spi.view.Expression.TextOperation;
import dev.andiron.spi.view.ValueType;
import dev.andiron.spi.view.ValueType.Kind;
import dev.andiron.sql.Sql;

import java.util.List;

/**
 * How a database says things about JSON. An expression of it is a document, an element of one
 * (objects in the database's own form), or a value: booleans, integers and texts as SQL has them,
 * decimals as the text of their digits. What is not there is NULL.
 */
public interface JsonDialect {

    /** The object or array at a place below an element. */
    Sql element(Sql element, Place place);

    /** The primitive at a place below an element. */
    Sql value(Sql element, Place place, ValueType type);

    /** The condition that there is something at a place. */
    Sql present(Sql element, Place place);

    /** An array of one element, or NULL for NULL. */
    Sql arrayOf(Sql element);

    /** The aggregate of a column of elements or values to an array, in the order of the rows. */
    String aggregate(String column);

    /** A table with a row for each element of an array, none for NULL. */
    Sql elements(Sql array, String alias);

    /** The column of {@link #elements} that is an element, or a value of a type. */
    String elementColumn(String alias, ValueType type);

    /** The column of {@link #elements} that counts from 0. */
    String indexColumn(String alias);

    /**
     * The rows of a SELECT that sees the tables before it, as a table.
     *
     * @param columns the names of its columns
     */
    Sql rows(Sql select, List<String> columns, String alias);

    /** A column of {@link #rows}. */
    Sql rowColumn(String alias, List<String> columns, int index);

    /**
     * A column of a branch of a union, so that all branches give what the database calls a type.
     */
    Sql branchColumn(Sql value, Column column);

    /** No value of a type. */
    Sql nothing(ValueType type);

    /** A text as it stands beside operators of order, which compare code points. */
    Sql ordered(Sql text);

    /** The aggregate of a column that has at most one value to that value. */
    String only(String column);

    /** The aggregate that says whether a condition is true once; unknown without any row. */
    Sql anyTrue(Sql condition);

    /** An element as JSON text. */
    Sql jsonText(Sql element);

    /**
     * The aggregate of a column of values to one text, each with its length in code points before
     * it: {@code 3:abc}.
     */
    String lengthPrefixed(String column);

    /** The aggregate of a column of texts to one. */
    Sql joined(String column, String separator);

    /** A number as text with leading zeros, so that texts order as the numbers do. */
    String sortable(String number);

    /**
     * Fails the statement: there is more than one value where one may be.
     *
     * @param value what has the type that is wanted there
     */
    String several(String value);

    /** Negative, 0 or positive; as {@link dev.andiron.spi.view.ScalarFunctions#compareMoments}. */
    Sql compareMoments(Sql left, Sql right);

    /** Negative, 0 or positive, by value. */
    Sql compareDecimals(Sql left, Sql right);

    /** May refuse, as all below may. */
    Sql arithmetic(ArithmeticOperator operator, Sql left, Sql right, boolean integers);

    Sql boundary(Kind kind, Sql value, Bound bound);

    /**
     * The key of a reference; as {@link dev.andiron.spi.view.ScalarFunctions#referenceKey}.
     *
     * @param wanted the wanted resource type, or the empty text
     */
    Sql referenceKey(Sql reference, Sql declared, String wanted);

    Sql text(TextOperation operation, Sql text, List<Sql> arguments);
}
