package dev.andiron.sqlite;

import dev.andiron.sqlite.Numbers.Name;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Rows of {@code token_keys} of a transaction: a resource with a JSON array of the keys that its
 * tokens have in {@code token_index}, which is all that leads from resources to tokens. A key that
 * has been met before is the number of a term, another one an array of parameter and code: most
 * codes repeat all the time, and identifiers never do. For the writer's thread.
 */
final class TokenKeyBuffer {
    /** How many keys are remembered as met. */
    private static final int MET = 20_000;

    private static final BulkInsert<Row> INSERT =
            new BulkInsert<>("INSERT INTO token_keys", 2, Row::bind);
    private static final String REMOVE_TOKENS =
            "DELETE FROM token_index WHERE resource = ?1 AND (parameter, code) IN (SELECT "
                    + parameter("e")
                    + ", "
                    + code("e")
                    + " FROM token_keys k CROSS JOIN json_each(k.content) e WHERE k.resource = ?1)";

    private final Session session;
    private final Interner interner;
    private final ArrayList<Row> rows = new ArrayList<>();
    private final Set<Name.Term> keys = new LinkedHashSet<>();

    /** The number of a term, 0 if it was met once only. */
    private final Map<Name.Term, Long> met =
            new LinkedHashMap<>(64, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<Name.Term, Long> eldest) {
                    return size() > MET;
                }
            };

    private record Row(long resource, String content) {
        static int bind(PreparedStatement statement, int first, Row row) throws SQLException {
            statement.setLong(first, row.resource);
            statement.setString(first + 1, row.content);
            return first + 2;
        }
    }

    TokenKeyBuffer(Session session, Interner interner) {
        this.session = session;
        this.interner = interner;
    }

    /** The parameter of an element of the array, as SQL. */
    static String parameter(String element) {
        return part(element, "parameter", 0);
    }

    /** The code of an element of the array, as SQL. */
    static String code(String element) {
        return part(element, "code", 1);
    }

    private static String part(String element, String column, int place) {
        return "CASE %1$s.type WHEN 'integer' THEN (SELECT m.%2$s FROM terms m WHERE m.id = %1$s.value) ELSE %1$s.value ->> %3$s END"
                .formatted(element, column, Integer.toString(place));
    }

    /** Takes in the key of a token of the resource that {@link #end} will name. */
    void add(long parameter, String code) {
        keys.add(new Name.Term(parameter, code));
    }

    /** Makes the row of a resource of the keys that were added. */
    void end(long resource) throws SQLException {
        if (keys.isEmpty()) {
            return;
        }
        var content = new StringBuilder();
        char separator = '[';
        for (Name.Term key : keys) {
            content.append(separator);
            separator = ',';
            Long known = met.get(key);
            if (known == null) {
                met.put(key, 0L);
                content.append('[').append(key.parameter()).append(',');
                append(key.code(), content);
                content.append(']');
            } else {
                if (known == 0) {
                    known = interner.intern(key);
                    met.put(key, known);
                }
                content.append(known.longValue());
            }
        }
        rows.add(new Row(resource, content.append(']').toString()));
        keys.clear();
    }

    private static void append(String text, StringBuilder json) {
        json.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append("\\u00")
                        .append(c < 16 ? "0" : "1")
                        .append("0123456789abcdef".charAt(c & 15));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }

    void flush() throws SQLException {
        INSERT.flush(session, rows);
    }

    /** Removes the tokens of a resource, and what leads to them, from the tables. */
    void remove(long resource) throws SQLException {
        session.update(REMOVE_TOKENS, resource);
        session.update("DELETE FROM token_keys WHERE resource = ?", resource);
    }

    /** Forgets what was taken in since the last flush, and numbers that were rolled back. */
    void rolledBack() {
        rows.clear();
        keys.clear();
        met.clear();
    }
}
