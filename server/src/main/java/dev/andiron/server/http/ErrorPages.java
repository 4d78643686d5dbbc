package dev.andiron.server.http;

import dev.andiron.fhir.json.JsonWriter;
import dev.andiron.fhir.outcome.Issue;
import dev.andiron.fhir.outcome.OperationOutcome;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

import java.nio.ByteBuffer;

/** What is refused before any handler sees it (a broken or too large header) is told as FHIR. */
final class ErrorPages extends ErrorHandler {

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        byte[] body =
                JsonWriter.compact(OperationOutcome.of(Issue.error(code(status), text(status))));
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, ResponseFormat.JSON_TYPE);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
        return true;
    }

    private static String code(int status) {
        return switch (status) {
            case 413, 414, 431 -> "too-long";
            case 404 -> "not-found";
            default -> status >= 500 ? "exception" : "invalid";
        };
    }

    private static String text(int status) {
        return switch (status) {
            case 400 -> "The request line or a header field is malformed.";
            case 414 -> "The URL is longer than this server takes; use POST with _search.";
            case 431 -> "The header is larger than this server takes.";
            case 413 -> "The body is larger than this server takes.";
            default ->
                    status >= 500
                            ? "The server failed; its log says why."
                            : "The request is refused with status %d.".formatted(status);
        };
    }
}
