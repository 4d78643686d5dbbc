/**
 * The contract between the Andiron kernel and a storage backend.
 *
 * <p>Nothing but JDK types crosses it: a resource is UTF-8 JSON bytes and a few typed facts, a
 * search arrives as a tree of records that is already validated and resolved. A backend therefore
 * needs no FHIR library, and two backends never share a dependency.
 */
module dev.andiron.spi {
    exports dev.andiron.spi;
    exports dev.andiron.spi.blob;
    exports dev.andiron.spi.composite;
    exports dev.andiron.spi.interceptor;
    exports dev.andiron.spi.job;
    exports dev.andiron.spi.metric;
    exports dev.andiron.spi.resource;
    exports dev.andiron.spi.search;
    exports dev.andiron.spi.tenant;
    exports dev.andiron.spi.view;
}
