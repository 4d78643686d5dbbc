package dev.andiron.kernel.interceptor;

import dev.andiron.spi.Options;
import dev.andiron.spi.interceptor.InterceptorContext;

import java.nio.file.Path;
import java.time.InstantSource;

/** What one interceptor is lent. */
record LentInterceptorContext(
        String interceptorName, Options options, InstantSource clock, Path dataDirectory)
        implements InterceptorContext {}
