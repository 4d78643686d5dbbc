package dev.andiron.elasticsearch;

/** The order of texts by their code points, which is that of their UTF-8 bytes. */
final class CodePoints {
    private CodePoints() {}

    static int compare(String left, String right) {
        int length = Math.min(left.length(), right.length());
        for (int i = 0; i < length; i++) {
            char l = left.charAt(i);
            char r = right.charAt(i);
            if (l != r) {
                boolean leftBeyond = Character.isSurrogate(l);
                boolean rightBeyond = Character.isSurrogate(r);
                return leftBeyond == rightBeyond
                        ? Character.compare(l, r)
                        : Boolean.compare(leftBeyond, rightBeyond);
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
