package dev.andiron.fhir.path.hapi;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;

import org.hl7.fhir.instance.model.api.IBaseResource;

import java.util.List;
import java.util.Set;

/** Structures by their URLs, which is all that HAPI's FHIRPath engine asks for. */
public abstract class Structures implements IValidationSupport {
    protected static final String URL = "http://hl7.org/fhir/StructureDefinition/";

    private final FhirContext context;

    protected Structures(FhirContext context) {
        this.context = context;
    }

    /** The URLs of all structures. */
    protected abstract Set<String> urls();

    @Override
    public final FhirContext getFhirContext() {
        return context;
    }

    @Override
    @SuppressWarnings("unchecked") // as the interface has it
    public final <T extends IBaseResource> List<T> fetchAllStructureDefinitions() {
        return (List<T>) urls().stream().map(this::fetchStructureDefinition).toList();
    }

    @Override
    public final <T extends IBaseResource> T fetchResource(Class<T> type, String url) {
        IBaseResource found = fetchStructureDefinition(url);
        return type == null || type.isInstance(found) ? cast(found) : null;
    }

    @SuppressWarnings("unchecked") // checked by the caller
    private static <T> T cast(IBaseResource resource) {
        return (T) resource;
    }
}
