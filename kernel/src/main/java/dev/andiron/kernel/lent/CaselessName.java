package dev.andiron.kernel.lent;

import java.math.BigInteger;
import java.util.Locale;

/**
 * Names of files for names in which case matters, on disks of which some ignore it: lower case, and
 * which letters are upper case behind a tilde.
 */
final class CaselessName {
    private static final int RADIX = 36;

    private CaselessName() {}

    static String encoded(String name) {
        BigInteger upper = BigInteger.ZERO;
        for (int i = 0; i < name.length(); i++) {
            if (Character.isUpperCase(name.charAt(i))) {
                upper = upper.setBit(i);
            }
        }
        return name.toLowerCase(Locale.ROOT)
                + (upper.signum() == 0 ? "" : "~" + upper.toString(RADIX));
    }

    static String decoded(String encoded) {
        int tilde = encoded.indexOf('~');
        if (tilde < 0) {
            return encoded;
        }
        var upper = new BigInteger(encoded.substring(tilde + 1), RADIX);
        char[] name = encoded.substring(0, tilde).toCharArray();
        for (int i = 0; i < name.length; i++) {
            if (upper.testBit(i)) {
                name[i] = Character.toUpperCase(name[i]);
            }
        }
        return new String(name);
    }
}
