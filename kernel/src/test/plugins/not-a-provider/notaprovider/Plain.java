package notaprovider;

/** Listed, and no provider. */
public class Plain {}
