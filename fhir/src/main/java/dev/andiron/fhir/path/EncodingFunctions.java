package dev.andiron.fhir.path;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** {@code encode()}, {@code decode()}, {@code escape()} and {@code unescape()}. */
final class EncodingFunctions {

    private EncodingFunctions() {}

    static void addTo(Map<String, PathFunction> functions) {
        functions.put("encode", site -> TextFunctions.text(site, 1, EncodingFunctions::encode));
        functions.put("decode", site -> TextFunctions.text(site, 1, EncodingFunctions::decode));
        functions.put("escape", site -> TextFunctions.text(site, 1, EncodingFunctions::escape));
        functions.put("unescape", site -> TextFunctions.text(site, 1, EncodingFunctions::unescape));
    }

    private static List<PathNode> encode(String text, String[] arguments) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return TextFunctions.of(
                switch (arguments[0]) {
                    case "hex" -> HexFormat.of().formatHex(bytes);
                    case "base64" -> Base64.getEncoder().encodeToString(bytes);
                    case "urlbase64" -> Base64.getUrlEncoder().encodeToString(bytes);
                    default -> throw unknown("encode", arguments[0], "hex, base64, urlbase64");
                });
    }

    private static List<PathNode> decode(String text, String[] arguments) {
        try {
            byte[] bytes =
                    switch (arguments[0]) {
                        case "hex" -> HexFormat.of().parseHex(text);
                        case "base64" -> Base64.getDecoder().decode(text);
                        case "urlbase64" -> Base64.getUrlDecoder().decode(text);
                        default -> throw unknown("decode", arguments[0], "hex, base64, urlbase64");
                    };
            return TextFunctions.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new PathException("decode() got what is no text in " + arguments[0], e);
        }
    }

    private static PathException unknown(String function, String format, String known) {
        return new PathException(function + "() knows " + known + ", not '" + format + "'");
    }

    private static List<PathNode> escape(String text, String[] arguments) {
        var out = new StringBuilder(text.length() + 16);
        boolean isHtml = isHtml("escape", arguments[0]);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(isHtml ? htmlEscape(c) : jsonEscape(c));
        }
        return TextFunctions.of(out.toString());
    }

    private static boolean isHtml(String function, String target) {
        return switch (target) {
            case "html" -> true;
            case "json" -> false;
            default -> throw unknown(function, target, "html, json");
        };
    }

    private static String htmlEscape(char c) {
        return switch (c) {
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '&' -> "&amp;";
            case '"' -> "&quot;";
            case '\'' -> "&#39;";
            default -> String.valueOf(c);
        };
    }

    private static String jsonEscape(char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c);
        };
    }

    private static List<PathNode> unescape(String text, String[] arguments) {
        return TextFunctions.of(
                isHtml("unescape", arguments[0])
                        ? text.replace("&lt;", "<")
                                .replace("&gt;", ">")
                                .replace("&quot;", "\"")
                                .replace("&#39;", "'")
                                .replace("&apos;", "'")
                                .replace("&amp;", "&")
                        : jsonUnescaped(text));
    }

    private static String jsonUnescaped(String text) {
        var out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            i++;
            char escaped = i < text.length() ? text.charAt(i) : ' ';
            switch (escaped) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'b' -> out.append('\b');
                case 'f' -> out.append('\f');
                case '"', '\\', '/' -> out.append(escaped);
                case 'u' -> {
                    out.append(unicode(text, i + 1));
                    i += 4;
                }
                default -> throw badEscape(text);
            }
        }
        return out.toString();
    }

    private static char unicode(String text, int at) {
        try {
            return (char) HexFormat.fromHexDigits(text, at, at + 4);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            PathException problem = badEscape(text);
            problem.initCause(e);
            throw problem;
        }
    }

    private static PathException badEscape(String text) {
        return new PathException("unescape() got an escape that JSON does not have: " + text);
    }
}
