package dev.andiron.server.export;

/** Is told what exports have written. Safe for use by many threads; quick. */
@FunctionalInterface
public interface ExportObserver {

    /**
     * A file of an export is whole, and listed.
     *
     * @param resources its lines or rows
     */
    void exported(long resources, long bytes);
}
