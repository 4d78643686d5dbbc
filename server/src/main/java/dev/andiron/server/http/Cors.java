package dev.andiron.server.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import java.util.List;

/** Lets web pages of other origins call the server, as far as the operator allows it. */
final class Cors {
    private static final String METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
    private static final String REQUEST_FIELDS =
            "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist,"
                    + " If-None-Match, Prefer, X-Request-Id, X-Tenant-ID";
    private static final String RESPONSE_FIELDS =
            "Content-Location, ETag, Last-Modified, Location, Retry-After, X-Request-Id";

    private final List<String> origins;

    Cors(List<String> origins) {
        this.origins = origins;
    }

    /** Adds the fields that a browser looks for. */
    void apply(HttpServletRequest request, HttpServletResponse response) {
        if (origins.isEmpty()) {
            return;
        }
        String origin = request.getHeader("Origin");
        if (origin == null) {
            return;
        }
        if (origins.contains("*")) {
            response.setHeader("Access-Control-Allow-Origin", "*");
        } else if (origins.contains(origin)) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.addHeader("Vary", "Origin");
        } else {
            return;
        }
        response.setHeader("Access-Control-Expose-Headers", RESPONSE_FIELDS);
        if (request.getMethod().equals("OPTIONS")) {
            response.setHeader("Access-Control-Allow-Methods", METHODS);
            response.setHeader("Access-Control-Allow-Headers", REQUEST_FIELDS);
            response.setHeader("Access-Control-Max-Age", "86400");
        }
    }
}
