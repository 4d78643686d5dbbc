package dev.andiron.sqlite;

/** Ends of things in JSON text that has been checked, by where they start. */
final class JsonScan {
    private JsonScan() {}

    static int space(byte[] text, int from) {
        int at = from;
        while (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t') {
            at++;
        }
        return at;
    }

    static int string(byte[] text, int from) {
        int at = from + 1;
        while (text[at] != '"') {
            at += text[at] == '\\' ? 2 : 1;
        }
        return at + 1;
    }

    static int value(byte[] text, int from) {
        return switch (text[from]) {
            case '"' -> string(text, from);
            case '{', '[' -> nested(text, from);
            default -> {
                int at = from;
                while (text[at] > ' ' && text[at] != ',' && text[at] != '}' && text[at] != ']') {
                    at++;
                }
                yield at;
            }
        };
    }

    private static int nested(byte[] text, int from) {
        int depth = 0;
        int at = from;
        while (true) {
            switch (text[at]) {
                case '{', '[' -> {
                    depth++;
                    at++;
                }
                case '}', ']' -> {
                    depth--;
                    at++;
                    if (depth == 0) {
                        return at;
                    }
                }
                case '"' -> at = string(text, at);
                default -> at++;
            }
        }
    }
}
