package dev.andiron.sql;

/**
 * The forms in which a parameter's values stand in the index tables. Each pair of parameter and
 * facet has a number of its own in the database, so that forms that share a table never meet.
 */
public enum Facet {
    TEXT(1, "text_index"),
    TEXT_EXACT(2, "text_index"),
    TOKEN(3, "token_index"),
    TYPED_IDENTIFIER(4, "text_index"),
    LOCAL_REFERENCE(5, "reference_index"),
    EXTERNAL_REFERENCE(6, "text_index"),
    REFERENCE_IDENTIFIER(7, "token_index"),
    DATE(8, "date_index"),
    NUMBER(9, "number_index"),
    QUANTITY(10, "number_index"),
    QUANTITY_CANONICAL(11, "number_index"),
    URI(12, "text_index"),
    /** Only that there is a value, of a kind that no index keeps. */
    PRESENCE(13, "text_index"),
    POSITION(14, "position_index"),
    COMPOSITE(15, "composite_index"),
    FULL_TEXT(16, "full_text_index");

    private final int code;
    private final String table;

    Facet(int code, String table) {
        this.code = code;
        this.table = table;
    }

    /** What stands for it in the database; never changes. */
    public int code() {
        return code;
    }

    public String table() {
        return table;
    }
}
