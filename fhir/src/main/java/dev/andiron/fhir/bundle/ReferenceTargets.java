package dev.andiron.fhir.bundle;

/**
 * Says where references lead. Each method gives back the very text that it was given when nothing
 * is to change.
 */
public interface ReferenceTargets {

    /** The new text of a {@code Reference.reference}. */
    String reference(String text);

    /** The new text of a uri, url, oid or uuid, or of a link in a narrative. */
    String link(String text);
}
