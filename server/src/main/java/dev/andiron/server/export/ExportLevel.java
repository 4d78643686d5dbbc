package dev.andiron.server.export;

/** Whose resources are exported. */
enum ExportLevel {
    /** All. */
    SYSTEM,
    /** Those in the compartments of all patients. */
    PATIENT,
    /** Those in the compartments of the members of a group. */
    GROUP
}
