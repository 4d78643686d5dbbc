package com.example.audit;

import dev.andiron.spi.interceptor.Decision;
import dev.andiron.spi.interceptor.InteractionRequest;
import dev.andiron.spi.interceptor.InteractionResult;
import dev.andiron.spi.interceptor.Interceptor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Set;

/** One line for each interaction; without a user, only the server's own description is open. */
final class AuditInterceptor implements Interceptor {
    private static final Set<String> OPEN_TO_ALL = Set.of("capabilities", "welcome");

    private static final int LONGEST_NAME = 256;

    private final Path file;
    private final String userField;
    private final InstantSource clock;

    AuditInterceptor(Path file, String userField, InstantSource clock) {
        this.file = file;
        this.userField = userField;
        this.clock = clock;
    }

    @Override
    public Decision before(InteractionRequest request) {
        return request.header(userField)
                .filter(user -> !user.isBlank() && user.length() <= LONGEST_NAME)
                .map(user -> Decision.proceedAs(word(user)))
                .orElseGet(
                        () ->
                                OPEN_TO_ALL.contains(request.interaction())
                                        ? Decision.proceed()
                                        : Decision.reject(
                                                401,
                                                "login",
                                                "The field " + userField + " is missing."));
    }

    @Override
    public synchronized void after(InteractionRequest request, InteractionResult result) {
        String line =
                "%s tenant=%s user=%s %s %s -> %d%s%n"
                        .formatted(
                                clock.instant(),
                                request.tenant().tenant(),
                                request.header(userField).map(AuditInterceptor::word).orElse("-"),
                                request.interaction(),
                                String.join("/", request.path()),
                                result.status(),
                                result.version().map(it -> " v" + it.version()).orElse(""));
        try {
            Files.writeString(
                    file,
                    line,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND,
                    StandardOpenOption.DSYNC);
        } catch (IOException unwritten) {
            throw new UncheckedIOException("the audit line cannot be written", unwritten);
        }
    }

    /** What a client sends must not look like another line. */
    private static String word(String text) {
        return text.replaceAll("[^\\p{Graph}]", "?");
    }
}
