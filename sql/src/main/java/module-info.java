/**
 * What the JDBC plugins share: the compiler from searches and views to SQL, and the rows of jobs.
 * Not an API: each plugin bundles the version it was built with.
 */
module dev.andiron.sql {
    requires transitive dev.andiron.spi;
    requires transitive java.sql;

    exports dev.andiron.sql;
    exports dev.andiron.sql.document;
    exports dev.andiron.sql.job;
    exports dev.andiron.sql.query;
    exports dev.andiron.sql.view;
}
