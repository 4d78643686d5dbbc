package dev.andiron.fhir.search;

import dev.andiron.fhir.definition.Definitions;

import java.util.List;

/** What the text of a reference leads to. */
sealed interface ReferenceTarget {

    /** A resource of this server; the version is empty unless the reference names one. */
    record Local(String type, String id, String version) implements ReferenceTarget {}

    /** Anything else outside of the resource itself. */
    record External(String uri) implements ReferenceTarget {}

    /** A contained resource, or the container. */
    record Contained() implements ReferenceTarget {}

    /** Reads references, knowing which URLs are this server's own. */
    final class Reader {
        private static final int LONGEST_ID = 64;
        private static final String HISTORY = "_history";

        private final Definitions definitions;
        private final List<String> bases;

        /**
         * Makes a reader.
         *
         * @param bases the base URLs under which this server is known
         */
        Reader(Definitions definitions, List<String> bases) {
            this.definitions = definitions;
            this.bases =
                    bases.stream().map(base -> base.endsWith("/") ? base : base + "/").toList();
        }

        ReferenceTarget read(String reference) {
            if (reference.startsWith("#")) {
                return new Contained();
            }
            for (String base : bases) {
                if (reference.startsWith(base)) {
                    ReferenceTarget local = local(reference.substring(base.length()));
                    return local == null ? new External(reference) : local;
                }
            }
            ReferenceTarget local = local(reference);
            return local == null ? new External(reference) : local;
        }

        /** Null unless it is {@code Type/id} or {@code Type/id/_history/version}. */
        private Local local(String relative) {
            int slash = relative.indexOf('/');
            if (slash <= 0 || !definitions.isResourceType(relative.substring(0, slash))) {
                return null;
            }
            String type = relative.substring(0, slash);
            int end = relative.indexOf('/', slash + 1);
            String id = relative.substring(slash + 1, end < 0 ? relative.length() : end);
            if (!isId(id)) {
                return null;
            }
            if (end < 0) {
                return new Local(type, id, "");
            }
            if (!relative.startsWith(HISTORY + "/", end + 1)) {
                return null;
            }
            String version = relative.substring(end + HISTORY.length() + 2);
            return isId(version) ? new Local(type, id, version) : null;
        }

        /** Whether a text is an id of FHIR. Read for each reference that is indexed. */
        static boolean isId(String text) {
            if (text.isEmpty() || text.length() > LONGEST_ID) {
                return false;
            }
            for (int i = 0; i < text.length(); i++) {
                if (!isIdCharacter(text.charAt(i))) {
                    return false;
                }
            }
            return true;
        }

        private static boolean isIdCharacter(char c) {
            return c >= 'a' && c <= 'z'
                    || c >= '0' && c <= '9'
                    || c >= 'A' && c <= 'Z'
                    || c == '-'
                    || c == '.';
        }
    }
}
