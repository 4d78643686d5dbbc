package dev.andiron.fhir.format;

import dev.andiron.fhir.validation.Xhtml;

/** Narratives may use the entities of HTML by name, which XML knows by number only. */
final class XhtmlEntities {

    private XhtmlEntities() {}

    /** The text with every entity by number, except for those of XML itself. */
    static String numeric(String xhtml) {
        int at = xhtml.indexOf('&');
        if (at < 0) {
            return xhtml;
        }
        var numeric = new StringBuilder(xhtml.length() + 16);
        int plain = 0;
        for (; at >= 0; at = xhtml.indexOf('&', at + 1)) {
            int end = xhtml.indexOf(';', at);
            if (end < 0) {
                break;
            }
            int codePoint = Xhtml.entity(xhtml.substring(at + 1, end));
            if (codePoint > 0) {
                numeric.append(xhtml, plain, at).append("&#").append(codePoint).append(';');
                plain = end + 1;
            }
        }
        return numeric.append(xhtml, plain, xhtml.length()).toString();
    }
}
