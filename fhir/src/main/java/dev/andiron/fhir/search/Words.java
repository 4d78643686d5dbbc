package dev.andiron.fhir.search;

import java.util.ArrayList;
import java.util.List;

/** The words of a text: runs of letters and digits, normalised as texts are compared. */
final class Words {

    private Words() {}

    /** The words in order, repeated ones too. */
    static List<String> of(String text) {
        String normalized = TextNormalizer.normalize(text);
        var words = new ArrayList<String>();
        int start = -1;
        for (int i = 0; i < normalized.length(); ) {
            int c = normalized.codePointAt(i);
            boolean inside = Character.isLetterOrDigit(c);
            if (inside && start < 0) {
                start = i;
            } else if (!inside && start >= 0) {
                words.add(normalized.substring(start, i));
                start = -1;
            }
            i += Character.charCount(c);
        }
        if (start >= 0) {
            words.add(normalized.substring(start));
        }
        return words;
    }
}
