/**
 * The compiler from searches to SQL that the JDBC plugins share. Not an API: each plugin bundles
 * the version it was built with.
 */
module dev.andiron.sql {
    requires transitive dev.andiron.spi;

    exports dev.andiron.sql;
    exports dev.andiron.sql.view;
}
