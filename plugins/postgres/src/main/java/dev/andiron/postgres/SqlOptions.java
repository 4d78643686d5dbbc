package dev.andiron.postgres;

import dev.andiron.spi.Option;
import dev.andiron.spi.Options;

import java.util.List;
import java.util.Optional;

/**
 * How SQL over views runs.
 *
 * @param user the role that runs it, which has no rights in the database; empty runs none
 * @param memory the bytes that the tables of one query may take
 * @param queries how many run at once
 */
record SqlOptions(
        Optional<String> user,
        Optional<String> password,
        Optional<String> passwordFile,
        long memory,
        int queries) {
    private static final Option<String> USER =
            Option.string(
                    "sql-user",
                    "a database role without any rights, which runs SQL over views; without it"
                            + " there is none");
    private static final Option<String> PASSWORD =
            Option.string("sql-password", "its password").secret();
    private static final Option<String> PASSWORD_FILE =
            Option.string(
                    "sql-password-file",
                    "a file whose first line is its password, read again for each query");
    private static final Option<Long> QUERIES =
            Option.integer(
                    "sql-queries", 2, "how many SQL queries over views run at once, 1 to 64");
    private static final Option<Long> MEMORY =
            Option.size(
                    "sql-memory",
                    256L << 20,
                    "how large the tables of one SQL query over views may be");

    static final List<Option<?>> ALL = List.of(USER, PASSWORD, PASSWORD_FILE, QUERIES, MEMORY);

    static SqlOptions of(Options options) {
        if (options.find(PASSWORD).isPresent() && options.find(PASSWORD_FILE).isPresent()) {
            throw new IllegalArgumentException(
                    "options 'sql-password' and 'sql-password-file' are both set; one is enough");
        }
        return new SqlOptions(
                options.find(USER),
                options.find(PASSWORD),
                options.find(PASSWORD_FILE),
                options.get(MEMORY),
                PostgresOptions.bounded(options, QUERIES, 64));
    }
}
