package dev.andiron.fhir.format;

/** Escapes text for XML. */
final class XmlText {

    private XmlText() {}

    /**
     * Appends a text.
     *
     * @param isAttribute whether it stands in double quotes, where a parser would turn line breaks
     *     into spaces unless they are escaped
     * @return whether XML can hold all of it; some characters it cannot, even escaped
     */
    static boolean escape(StringBuilder out, String text, boolean isAttribute) {
        boolean isWritable = true;
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            String escaped =
                    switch (c) {
                        case '&' -> "&amp;";
                        case '<' -> "&lt;";
                        case '>' -> "&gt;";
                        case '"' -> isAttribute ? "&quot;" : "";
                        case '\n' -> isAttribute ? "&#10;" : "";
                        case '\t' -> isAttribute ? "&#9;" : "";
                        case '\r' -> "&#13;";
                        default -> "";
                    };
            if (!escaped.isEmpty()) {
                out.append(text, plain, i).append(escaped);
                plain = i + 1;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else {
                isWritable &= isCharacter(c);
            }
        }
        out.append(text, plain, text.length());
        return isWritable;
    }

    private static boolean isCharacter(char c) {
        boolean isControl = c < ' ' && c != '\n' && c != '\t';
        return !isControl && !Character.isSurrogate(c) && c != '\uFFFE' && c != '\uFFFF';
    }
}
