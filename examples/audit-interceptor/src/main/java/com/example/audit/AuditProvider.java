package com.example.audit;

import dev.andiron.spi.Option;
import dev.andiron.spi.interceptor.Interceptor;
import dev.andiron.spi.interceptor.InterceptorContext;
import dev.andiron.spi.interceptor.InterceptorProvider;

import java.nio.file.Path;
import java.util.List;

/** The entry point of the plugin. */
public final class AuditProvider implements InterceptorProvider {
    private static final Option<Path> FILE =
            Option.path("file", Path.of("audit.log"), "The file that lines are added to.");
    private static final Option<String> USER_FIELD =
            Option.string(
                    "user-field",
                    "X-User",
                    "The header field in which a trusted proxy tells who the caller is.");

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public String description() {
        return "Writes down who did what, and refuses whoever does not say who it is.";
    }

    @Override
    public List<Option<?>> options() {
        return List.of(FILE, USER_FIELD);
    }

    @Override
    public Interceptor open(InterceptorContext context) {
        return new AuditInterceptor(
                context.options().get(FILE), context.options().get(USER_FIELD), context.clock());
    }
}
