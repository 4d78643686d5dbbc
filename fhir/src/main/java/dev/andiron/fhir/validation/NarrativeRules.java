package dev.andiron.fhir.validation;

import dev.andiron.fhir.validation.Xhtml.Rules;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the standard lets a narrative be made of (constraints {@code txt-1} and {@code txt-2}): the
 * elements of chapters 7 to 11 (without 9.4) and 15 of HTML 4.0 that are not deprecated, links and
 * images, their attributes, and something to see. No script, no form, no frame.
 */
public final class NarrativeRules implements Rules {
    private static final NarrativeRules RULES = new NarrativeRules();

    private static final Set<String> ELEMENTS =
            words(
                    """
                    div span h1 h2 h3 h4 h5 h6 address bdo em strong dfn code samp kbd var cite abbr
                    acronym blockquote q sub sup p br pre ul ol li dl dt dd table caption thead tfoot
                    tbody colgroup col tr th td a img map area tt i b big small hr
                    """);

    private static final Set<String> EVERYWHERE =
            words("id class style title lang xml:lang dir accesskey tabindex");

    private static final Map<String, Set<String>> ATTRIBUTES = attributes();

    private static final Set<String> ADDRESSES = words("href src cite longdesc usemap");

    private static final Set<String> SCRIPTS = words("javascript vbscript livescript");

    private NarrativeRules() {}

    private static Map<String, Set<String>> attributes() {
        String place = "align char charoff valign";
        String cell = place + " abbr axis headers scope rowspan colspan nowrap width";
        var attributes = new HashMap<String, Set<String>>();
        attributes.put("a", words("name href hreflang rel rev charset type shape coords"));
        attributes.put("img", words("src alt longdesc height width usemap ismap border"));
        attributes.put("map", words("name"));
        attributes.put("area", words("shape coords href nohref alt"));
        attributes.put("blockquote", words("cite"));
        attributes.put("q", words("cite"));
        attributes.put("pre", words("xml:space"));
        attributes.put(
                "table", words("summary width border frame rules cellspacing cellpadding align"));
        attributes.put("th", words(cell));
        attributes.put("td", words(cell));
        for (String rows : Set.of("tr", "thead", "tbody", "tfoot")) {
            attributes.put(rows, words(place));
        }
        for (String columns : Set.of("col", "colgroup")) {
            attributes.put(columns, words(place + " span width"));
        }
        return Map.copyOf(attributes);
    }

    private static Set<String> words(String text) {
        return Set.copyOf(Arrays.asList(text.strip().split("\\s+")));
    }

    /** Whether a narrative's {@code div} follows the rules. */
    public static boolean areMetBy(String div) {
        return Xhtml.follows(div, RULES);
    }

    /** Whether a text can be the content of such a {@code div}. */
    public static boolean areMetByContent(String content) {
        return areMetBy("<div>" + content + "</div>");
    }

    @Override
    public boolean allowsElement(String name) {
        return ELEMENTS.contains(name);
    }

    @Override
    public boolean allowsAttribute(String element, String name, String value) {
        boolean isKnown =
                EVERYWHERE.contains(name)
                        || ATTRIBUTES.getOrDefault(element, Set.of()).contains(name);
        return isKnown && !(ADDRESSES.contains(name) && mayBeScript(value));
    }

    /** XML knows none of HTML's. */
    @Override
    public boolean allowsEntity(String name) {
        return false;
    }

    @Override
    public boolean needContent() {
        return true;
    }

    /** A scheme, or its colon, that is written as character references has something to hide. */
    private static boolean mayBeScript(String address) {
        int end = 0;
        while (end < address.length() && ":/?".indexOf(address.charAt(end)) < 0) {
            end++;
        }
        String start = address.substring(0, end).replaceAll("[\\x00-\\x20]", "");
        return start.contains("&#")
                || address.startsWith(":", end) && SCRIPTS.contains(start.toLowerCase(Locale.ROOT));
    }
}
