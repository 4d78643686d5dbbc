package dev.andiron.fhir.path.hapi;

import org.hl7.fhir.r4.fhirpath.FHIRPathEngine;
import org.hl7.fhir.r4.fhirpath.FHIRPathUtilityClasses.FunctionDetails;
import org.hl7.fhir.r4.fhirpath.IHostApplicationServices;
import org.hl7.fhir.r4.fhirpath.TypeDetails;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.utilities.fhirpath.FHIRPathConstantEvaluationMode;

import java.util.List;

/**
 * Lets HAPI's parser take functions that it does not know: which there are is for our compiler to
 * say. Nothing is ever evaluated with it.
 */
final class AnyFunction implements IHostApplicationServices {
    private static final int MAX_ARGUMENTS = 10;

    @Override
    public FunctionDetails resolveFunction(FHIRPathEngine engine, String functionName) {
        return new FunctionDetails(functionName, 0, MAX_ARGUMENTS);
    }

    @Override
    public boolean paramIsType(String name, int index) {
        return false;
    }

    @Override
    public List<Base> resolveConstant(
            FHIRPathEngine engine,
            Object appContext,
            String name,
            FHIRPathConstantEvaluationMode mode) {
        throw parsesOnly();
    }

    @Override
    public TypeDetails resolveConstantType(
            FHIRPathEngine engine,
            Object appContext,
            String name,
            FHIRPathConstantEvaluationMode mode) {
        throw parsesOnly();
    }

    @Override
    public boolean log(String argument, List<Base> focus) {
        throw parsesOnly();
    }

    @Override
    public TypeDetails checkFunction(
            FHIRPathEngine engine,
            Object appContext,
            String functionName,
            TypeDetails focus,
            List<TypeDetails> parameters) {
        throw parsesOnly();
    }

    @Override
    public List<Base> executeFunction(
            FHIRPathEngine engine,
            Object appContext,
            List<Base> focus,
            String functionName,
            List<List<Base>> parameters) {
        throw parsesOnly();
    }

    @Override
    public Base resolveReference(
            FHIRPathEngine engine, Object appContext, String url, Base refContext) {
        throw parsesOnly();
    }

    @Override
    public boolean conformsToProfile(
            FHIRPathEngine engine, Object appContext, Base item, String url) {
        throw parsesOnly();
    }

    @Override
    public ValueSet resolveValueSet(FHIRPathEngine engine, Object appContext, String url) {
        throw parsesOnly();
    }

    private static IllegalStateException parsesOnly() {
        return new IllegalStateException("HAPI's engine only parses here");
    }
}
