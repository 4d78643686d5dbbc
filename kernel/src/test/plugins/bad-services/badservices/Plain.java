package badservices;

/** Not the trouble. */
public final class Plain {}
