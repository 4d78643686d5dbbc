package absentprovider;

/** Not the one that is listed. */
public final class Plain {}
