/** The embedded default backend: everything in one SQLite file. */
module dev.andiron.sqlite {
    requires com.github.luben.zstd_jni;
    requires dev.andiron.spi;
    requires dev.andiron.sql;
    requires java.sql;
    requires org.xerial.sqlitejdbc;

    provides dev.andiron.spi.BackendProvider with
            dev.andiron.sqlite.SqliteProvider;
}
