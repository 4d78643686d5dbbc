package dev.andiron.server.interaction;

/** The FHIR interactions, by the names that logs and metrics use. */
public enum Interaction {
    READ("read"),
    VERSION_READ("vread"),
    CREATE("create"),
    UPDATE("update"),
    CONDITIONAL_UPDATE("conditional-update"),
    PATCH("patch"),
    CONDITIONAL_PATCH("conditional-patch"),
    DELETE("delete"),
    CONDITIONAL_DELETE("conditional-delete"),
    HISTORY_INSTANCE("history-instance"),
    HISTORY_TYPE("history-type"),
    HISTORY_SYSTEM("history-system"),
    SEARCH_TYPE("search-type"),
    SEARCH_SYSTEM("search-system"),
    COMPARTMENT_SEARCH("search-compartment"),
    OPERATION("operation"),
    CAPABILITIES("capabilities"),
    BUNDLE("bundle"),
    WELCOME("welcome"),
    JOB_LIST("job-list"),
    JOB_STATUS("job-status"),
    JOB_CANCEL("job-cancel"),
    JOB_RESULT("job-result"),
    JOB_FILE("job-file");

    private final String word;

    Interaction(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
