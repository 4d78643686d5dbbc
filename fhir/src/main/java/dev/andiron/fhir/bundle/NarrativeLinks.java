package dev.andiron.fhir.bundle;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Rewrites {@code <a href>} and {@code <img src>} in the XHTML of a narrative. */
final class NarrativeLinks {
    private static final Pattern LINK =
            Pattern.compile(
                    "<(?:a|img)\\s[^<>]*?\\b(?:href|src)\\s*=\\s*(?:\"([^\"<]*)\"|'([^'<]*)')");

    private NarrativeLinks() {}

    /** The XHTML with its links led elsewhere; the very same text if none changes. */
    static String rewrite(String xhtml, ReferenceTargets targets) {
        if (!xhtml.contains("href") && !xhtml.contains("src")) {
            return xhtml;
        }
        Matcher matcher = LINK.matcher(xhtml);
        StringBuilder changed = null;
        int copied = 0;
        while (matcher.find()) {
            int group = matcher.group(1) == null ? 2 : 1;
            String before = matcher.group(group).replace("&amp;", "&");
            String after = targets.link(before);
            if (after.equals(before)) {
                continue;
            }
            changed = changed == null ? new StringBuilder(xhtml.length()) : changed;
            changed.append(xhtml, copied, matcher.start(group)).append(after.replace("&", "&amp;"));
            copied = matcher.end(group);
        }
        return changed == null ? xhtml : changed.append(xhtml, copied, xhtml.length()).toString();
    }
}
