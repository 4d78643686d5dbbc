package dev.andiron.postgres;

import dev.andiron.spi.Option;

import org.postgresql.ds.PGSimpleDataSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/**
 * Makes connections, each with bounds on how long it may work, wait and idle. A password that is in
 * a file is read again for every connection, so that it can be changed while the node runs.
 */
final class Connector extends PGSimpleDataSource {
    private static final long serialVersionUID = 1;

    /** "The server refuses who we say that we are." */
    private static final String INVALID_AUTHORIZATION = "28000";

    private final transient PostgresOptions options;

    /**
     * @param application how the connections name themselves
     */
    Connector(PostgresOptions options, String url, String application) {
        this.options = options;
        setUrl(url);
        options.user().ifPresent(this::setUser);
        TlsOptions tls = options.tls();
        setSslMode(Option.word(tls.mode()));
        tls.rootCertificate().ifPresent(this::setSslRootCert);
        tls.certificate().ifPresent(this::setSslCert);
        tls.key().ifPresent(this::setSslKey);
        tls.keyPassword().ifPresent(this::setSslPassword);
        setCurrentSchema(options.schema());
        setApplicationName(application);
        setConnectTimeout((int) options.connectTimeout().toSeconds());
        // For a server that has gone silent; one that lives ends statements itself before that.
        setSocketTimeout((int) options.statementTimeout().toSeconds() + 15);
        setTcpKeepAlive(true);
        setReWriteBatchedInserts(true);
        long statement = options.statementTimeout().toMillis();
        setOptions(
                "-c statement_timeout="
                        + statement
                        + " -c lock_timeout="
                        + options.lockTimeout().toMillis()
                        + " -c idle_in_transaction_session_timeout="
                        + statement
                        + " -c jit=off -c random_page_cost=1.1"
                        + " -c default_transaction_isolation=read\\ committed");
    }

    /** The name of the database in a URL. */
    static String databaseName(String url) {
        var source = new PGSimpleDataSource();
        source.setUrl(url);
        return Optional.ofNullable(source.getDatabaseName()).orElse("");
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(getUser(), password().orElse(null));
    }

    private Optional<String> password() throws SQLException {
        if (options.passwordFile().isEmpty()) {
            return options.password();
        }
        try (var lines = Files.lines(Path.of(options.passwordFile().get()))) {
            return lines.findFirst();
        } catch (IOException e) {
            throw new SQLException(
                    "the file named by 'password-file' cannot be read", INVALID_AUTHORIZATION, e);
        }
    }
}
