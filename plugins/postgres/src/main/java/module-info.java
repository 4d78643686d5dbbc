/** Many server nodes on one PostgreSQL. */
module dev.andiron.postgres {
    requires com.zaxxer.hikari;
    requires dev.andiron.spi;
    requires dev.andiron.sql;
    requires java.naming;
    requires java.sql;
    requires org.postgresql.jdbc;

    provides dev.andiron.spi.BackendProvider with
            dev.andiron.postgres.PostgresProvider;
}
