package com.example.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.andiron.spi.interceptor.Decision;
import dev.andiron.spi.interceptor.InteractionRequest;
import dev.andiron.spi.interceptor.InteractionResult;
import dev.andiron.spi.resource.Json;
import dev.andiron.spi.resource.ResourceHead;
import dev.andiron.spi.resource.ResourceKey;
import dev.andiron.spi.tenant.TenantContext;
import dev.andiron.spi.tenant.TenantId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

class AuditInterceptorTest {
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private record Request(String interaction, Optional<String> user)
            implements InteractionRequest {
        @Override
        public TenantContext tenant() {
            return TenantContext.of(new TenantId("ward-7"));
        }

        @Override
        public String method() {
            return "GET";
        }

        @Override
        public List<String> path() {
            return List.of("Patient", "1");
        }

        @Override
        public Optional<String> parameter(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<String> header(String name) {
            return name.equals("X-User") ? user : Optional.empty();
        }

        @Override
        public Json body() {
            return Json.empty();
        }
    }

    @TempDir private Path folder;

    private AuditInterceptor audit() {
        return new AuditInterceptor(
                folder.resolve("audit.log"), "X-User", InstantSource.fixed(NOW));
    }

    @Test
    void whoeverSaysNothingIsRefused() {
        assertEquals(
                Decision.reject(401, "login", "The field X-User is missing."),
                audit().before(new Request("read", Optional.empty())));
        assertEquals(
                Decision.proceed(), audit().before(new Request("capabilities", Optional.empty())));
        assertEquals(
                Decision.proceedAs("ann"), audit().before(new Request("read", Optional.of("ann"))));
    }

    @Test
    void whatHappenedIsWrittenDownOnALineOfItsOwn() throws IOException {
        var head = new ResourceHead(new ResourceKey("Patient", "1"), 3, NOW, false);
        AuditInterceptor audit = audit();
        audit.after(
                new Request("read", Optional.of("ann\nx")),
                new InteractionResult(200, Optional.of(head)));
        audit.after(
                new Request("read", Optional.empty()),
                new InteractionResult(401, Optional.empty()));
        assertEquals(
                List.of(
                        "2026-01-02T03:04:05Z tenant=ward-7 user=ann?x read Patient/1 -> 200 v3",
                        "2026-01-02T03:04:05Z tenant=ward-7 user=- read Patient/1 -> 401"),
                Files.readAllLines(folder.resolve("audit.log")));
    }
}
