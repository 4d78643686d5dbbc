package dev.andiron.postgres;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/** Two nodes, in processes that are killed, act as one; and no two commits ever deadlock. */
class PostgresHistoriesTest {
    private static final int KILLS = 4;

    private final PostgresServer server = PostgresServer.of(18);

    @Test
    void twoNodesActAsOneThoughTheyAreKilled(@TempDir Path folder) throws Exception {
        String schema = PostgresServer.schema(folder);
        long deadlocks = deadlocks();
        Histories.check(_ -> NodeProcess.start(server.url(), schema), KILLS);
        assertEquals(deadlocks, deadlocks(), "commits met in a deadlock");
    }

    private long deadlocks() throws SQLException {
        try (Connection superuser = server.superuser();
                var statement = superuser.createStatement();
                var row =
                        statement.executeQuery(
                                "SELECT deadlocks FROM pg_stat_database WHERE datname ="
                                        + " 'andiron'")) {
            assertTrue(row.next());
            return row.getLong(1);
        }
    }
}
