package dev.andiron.elasticsearch;

/**
 * The fields of the index: a fixed set, whatever parameters there are. Those of values repeat
 * within {@link #COMPOSITE} and {@link #CONTAINED}, which hold elements of their own.
 */
final class Field {
    // What a document is

    /** Of what kind the document is: {@link #LIVE}, {@link #GONE} or {@link #POSITION_OF_FEED}. */
    static final String KIND = "kind";

    static final String LIVE = "live";
    static final String GONE = "gone";
    static final String POSITION_OF_FEED = "position";
    static final String TENANT = "tenant";

    /** The tenant and the copy of its data. */
    static final String SCOPE = "scope";

    static final String TYPE = "type";
    static final String ID = "id";

    /** Type and id. */
    static final String KEY = "key";

    static final String VERSION = "version";

    /** When the version was written, in milliseconds of the epoch. */
    static final String UPDATED = "updated";

    /** How far a tenant's changes have been applied. */
    static final String APPLIED = "applied";

    /** Which copy of a tenant's data searches use. */
    static final String COPY = "copy";

    /** Which copy is being built, and where. */
    static final String SECOND = "second";

    static final String SECOND_INDEX = "secondIndex";

    // What sorts

    /** By parameter, what it sorts by ascending. */
    static final String ASCENDING = "ascending";

    /** By parameter, what it sorts by descending. */
    static final String DESCENDING = "descending";

    // Values

    /** The parameters that have any value. */
    static final String HAS = "has";

    static final String STRING = "string";
    static final String EXACT = "exact";
    static final String TOKEN = "token";
    static final String CODE = "code";
    static final String DISPLAY = "display";
    static final String TYPED = "typed";
    static final String REFERENCE = "reference";

    /** References with a version, or without a type. */
    static final String REFERENCE_FORM = "referenceForm";

    static final String EXTERNAL = "external";
    static final String LOGICAL = "logical";
    static final String LOGICAL_VALUE = "logicalValue";
    static final String URI = "uri";

    /** Numbers and quantities that are points. */
    static final String POINT = "point";

    /** Where ranges begin. */
    static final String LOW = "low";

    /** Where ranges end. */
    static final String HIGH = "high";

    /** The prefixes under which there are several ranges. */
    static final String MANY = "many";

    /** Ranges under such prefixes, each by itself. */
    static final String RANGE = "range";

    static final String PLACE = "place";
    static final String LATITUDE = "latitude";
    static final String LONGITUDE = "longitude";
    static final String AT = "at";
    static final String COMPOSITE = "composite";
    static final String CONTAINED = "contained";

    /** What a nested range, place, composite or contained resource is of. */
    static final String OF = "of";

    static final String TEXT = "text";
    static final String CONTENT = "content";

    private Field() {}
}
