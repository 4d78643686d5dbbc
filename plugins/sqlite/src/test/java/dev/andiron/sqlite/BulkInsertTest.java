package dev.andiron.sqlite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/** Rows arrive as they are, whatever they share with their neighbours and however many they are. */
class BulkInsertTest {
    /** Around the portions in which rows are inserted, and their sums. */
    private static final List<Integer> RUNS = List.of(1, 2, 9, 10, 11, 59, 60, 61, 127, 1, 1, 10);

    @TempDir Path folder;

    private record Row(long group, String name, long number) {
        static boolean share(Row one, Row other) {
            return one.group == other.group && one.name.equals(other.name);
        }

        static int bindShared(PreparedStatement statement, int first, Row row) throws SQLException {
            statement.setLong(first, row.group);
            statement.setString(first + 1, row.name);
            return first + 2;
        }

        static int bindOwn(PreparedStatement statement, int first, Row row) throws SQLException {
            statement.setLong(first, row.number);
            return first + 1;
        }

        static int bind(PreparedStatement statement, int first, Row row) throws SQLException {
            return bindOwn(statement, bindShared(statement, first, row), row);
        }
    }

    private static ArrayList<Row> rows() {
        var rows = new ArrayList<Row>();
        for (int run = 0; run < RUNS.size(); run++) {
            for (int i = 0; i < RUNS.get(run); i++) {
                rows.add(new Row(run / 2, "run " + run, rows.size()));
            }
        }
        return rows;
    }

    private void assertInserted(BulkInsert<Row> insert) throws SQLException {
        var source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + folder.resolve("rows.db"));
        try (var codec = new BodyCodec(Map.of());
                var session = new Session(source, codec)) {
            session.run("CREATE TABLE rows (number INTEGER, name TEXT, team INTEGER)");
            var all = rows();
            insert.flush(session, all);
            assertEquals(List.of(), all);
            insert.insert(session, List.of(new Row(99, "alone", 9_999)));
            var found =
                    session.list(
                            row -> new Row(row.getLong(1), row.getString(2), row.getLong(3)),
                            "SELECT team, name, number FROM rows");
            var expected = new HashSet<>(rows());
            expected.add(new Row(99, "alone", 9_999));
            assertEquals(expected.size(), found.size());
            assertEquals(expected, new HashSet<>(found));
        }
    }

    @Test
    void rowsThatShareColumnsAreInsertedEachAsItIs() throws SQLException {
        assertInserted(
                new BulkInsert<>(
                        "INSERT INTO rows (team, name, number)",
                        2,
                        1,
                        Row::bindShared,
                        Row::bindOwn,
                        Row::share));
    }

    @Test
    void rowsThatShareNothingAreInsertedToo() throws SQLException {
        assertInserted(new BulkInsert<>("INSERT INTO rows (team, name, number)", 3, Row::bind));
    }
}
