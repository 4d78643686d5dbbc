package dev.andiron.sql.document;

import dev.andiron.spi.view.ScalarFunctions;
import dev.andiron.spi.view.Value;

import java.util.Optional;
import java.util.Set;

/** Keys of what references lead to; {@code Type/id} alone is one, all else the kernel knows. */
final class ReferenceKeys {
    private static final int LONGEST_ID = 64;

    private final ScalarFunctions functions;
    private final Optional<String> wanted;
    private final Set<String> types;

    /**
     * @param wanted the type that they have to lead to; empty takes any
     */
    ReferenceKeys(ScalarFunctions functions, Optional<String> wanted) {
        this.functions = functions;
        this.wanted = wanted;
        types = functions.resourceTypes();
    }

    /** The key of a reference with a declared type; each may be null, and so may the key. */
    Value of(Part reference, Part declared) throws IrregularException {
        if (reference == null) {
            return null;
        }
        String text = reference.text();
        int slash = text.indexOf('/');
        if (declared == null && slash > 0 && isId(text, slash + 1)) {
            String type = text.substring(0, slash);
            if (types.contains(type)) {
                return wanted.isEmpty() || wanted.get().equals(type) ? new Value.Text(text) : null;
            }
        }
        Optional<String> named = declared == null ? Optional.empty() : Optional.of(declared.text());
        return functions.referenceKey(text, named, wanted).map(Value.Text::new).orElse(null);
    }

    private static boolean isId(String text, int from) {
        int length = text.length() - from;
        if (length < 1 || length > LONGEST_ID) {
            return false;
        }
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || c == '-';
            if (!plain) {
                return false;
            }
        }
        return true;
    }
}
