package dev.andiron.sql.view;

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
 * decimals as the text of their digits. What is not there is NULL. Implementations are stateless.
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

    /** An array of values, one for each column of a row. */
    Sql row(List<String> columns);

    /** A value out of {@link #row}. */
    Sql rowValue(String alias, int index, ValueType type);

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

    /** Fails the statement: there is more than one value where one may be. */
    String several();

    /** Negative, 0 or positive; as {@link dev.andiron.spi.view.ScalarFunctions#compareMoments}. */
    Sql compareMoments(Sql left, Sql right);

    /** Negative, 0 or positive, by value. */
    Sql compareDecimals(Sql left, Sql right);

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
