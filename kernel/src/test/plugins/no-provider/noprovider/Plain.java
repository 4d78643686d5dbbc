package noprovider;

/** No backend at all. */
public final class Plain {}
