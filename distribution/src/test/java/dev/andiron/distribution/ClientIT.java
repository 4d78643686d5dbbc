package dev.andiron.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.PreferReturnEnum;
import ca.uhn.fhir.rest.api.SearchStyleEnum;
import ca.uhn.fhir.rest.api.SearchTotalModeEnum;
import ca.uhn.fhir.rest.client.api.IGenericClient;
import ca.uhn.fhir.rest.client.api.ServerValidationModeEnum;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;

import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** Everything that HAPI's client does, in JSON and in XML. */
@ParameterizedClass
@EnumSource(
        value = EncodingEnum.class,
        names = {"JSON", "XML"})
class ClientIT {
    private static final FhirContext CONTEXT = FhirContext.forR4();
    private static final String SYSTEM = "urn:test";

    @TempDir private static Path folder;
    private static ServerProcess server;

    @Parameter private EncodingEnum encoding;

    /** A value that no other test uses. */
    private final String unique = UUID.randomUUID().toString();

    private IGenericClient client;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(folder);
        CONTEXT.getRestfulClientFactory().setServerValidationMode(ServerValidationModeEnum.NEVER);
        CONTEXT.getRestfulClientFactory().setSocketTimeout(60_000);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() {
        client = CONTEXT.newRestfulGenericClient(server.base().toString());
        client.setEncoding(encoding);
    }

    @Test
    void theCapabilityStatementNamesWhatIsServed() {
        var statement =
                client.capabilities()
                        .ofType(org.hl7.fhir.r4.model.CapabilityStatement.class)
                        .execute();
        assertEquals("4.0.1", statement.getFhirVersion().toCode());
        assertTrue(
                statement.getRestFirstRep().getResource().stream()
                        .anyMatch(resource -> resource.getType().equals("Patient")));
    }

    @Test
    void aResourceLivesThroughItsVersions() {
        Patient patient = patient("Runyan");
        IIdType created = client.create().resource(patient).execute().getId();
        assertEquals("1", created.getVersionIdPart());

        Patient first = read(created.toUnqualifiedVersionless());
        assertEquals("Runyan", first.getNameFirstRep().getFamily());
        assertEquals("1", first.getMeta().getVersionId());

        first.getNameFirstRep().setFamily("Changed");
        assertEquals("2", client.update().resource(first).execute().getId().getVersionIdPart());

        IIdType plain = created.toUnqualifiedVersionless();
        client.delete().resourceById(plain).execute();
        assertThrows(ResourceGoneException.class, () -> read(plain));

        assertEquals("Runyan", read(plain.withVersion("1")).getNameFirstRep().getFamily());
        assertEquals("Changed", read(plain.withVersion("2")).getNameFirstRep().getFamily());

        first.setId(plain);
        assertEquals("4", client.update().resource(first).execute().getId().getVersionIdPart());

        Bundle history = client.history().onInstance(plain).returnBundle(Bundle.class).execute();
        assertEquals(4, history.getEntry().size());
        assertEquals(
                List.of("PUT", "DELETE", "PUT", "POST"),
                history.getEntry().stream()
                        .map(entry -> entry.getRequest().getMethod().toCode())
                        .toList());
    }

    @Test
    void aClientMayChooseTheId() {
        Patient patient = patient("Own");
        patient.setId("Patient/" + unique);
        MethodOutcome outcome = client.update().resource(patient).execute();
        assertTrue(outcome.getCreated());
        assertEquals(unique, outcome.getId().getIdPart());
        assertEquals("1", outcome.getId().getVersionIdPart());
    }

    @Test
    void whatIsNotThereIsNotFound() {
        var refusal =
                assertThrows(
                        ResourceNotFoundException.class, () -> read(new IdType("Patient", unique)));
        assertFalse(diagnostics(refusal).isBlank());
    }

    @Test
    void conditionsPreventDuplicates() {
        MethodOutcome first =
                client.create().resource(patient("Once")).conditionalByUrl(byUnique()).execute();
        MethodOutcome second =
                client.create().resource(patient("Twice")).conditionalByUrl(byUnique()).execute();
        assertEquals(first.getId().getIdPart(), second.getId().getIdPart());

        MethodOutcome updated =
                client.update().resource(patient("Thrice")).conditionalByUrl(byUnique()).execute();
        assertEquals(first.getId().getIdPart(), updated.getId().getIdPart());
        assertEquals("2", updated.getId().getVersionIdPart());

        client.delete().resourceConditionalByUrl(byUnique()).execute();
        assertThrows(
                ResourceGoneException.class, () -> read(first.getId().toUnqualifiedVersionless()));
        assertEquals(0, search(byUnique()).getEntry().size());
    }

    @Test
    void aStaleVersionIsRefused() {
        IIdType id = client.create().resource(patient("A")).execute().getId();
        Patient stale = read(id.toUnqualifiedVersionless());
        stale.getNameFirstRep().setFamily("B");
        client.update().resource(stale).withId(id.toUnqualifiedVersionless()).execute();
        stale.getNameFirstRep().setFamily("C");
        stale.setId(id.toUnqualified());
        String body = CONTEXT.newJsonParser().encodeResourceToString(stale);
        var answer =
                new Http(server.base())
                        .put("/Patient/" + id.getIdPart(), body, "If-Match", "W/\"1\"");
        assertEquals(412, answer.status(), answer.text());
        assertEquals("B", read(id.toUnqualifiedVersionless()).getNameFirstRep().getFamily());
    }

    @Test
    void patchesChangeWhatTheyName() {
        IIdType id =
                client.create()
                        .resource(patient("Patch"))
                        .execute()
                        .getId()
                        .toUnqualifiedVersionless();
        client.patch()
                .withBody("[{\"op\":\"replace\",\"path\":\"/name/0/family\",\"value\":\"Json\"}]")
                .withId(id)
                .execute();
        assertEquals("Json", read(id).getNameFirstRep().getFamily());

        var patch = new Parameters();
        var operation = patch.addParameter().setName("operation");
        operation.addPart().setName("type").setValue(new CodeType("replace"));
        operation.addPart().setName("path").setValue(new StringType("Patient.name.first().family"));
        operation.addPart().setName("value").setValue(new StringType("Path"));
        client.patch().withFhirPatch(patch).withId(id).execute();
        Patient patched = read(id);
        assertEquals("Path", patched.getNameFirstRep().getFamily());
        assertEquals("3", patched.getMeta().getVersionId());
        assertEquals(unique, patched.getIdentifierFirstRep().getValue());
    }

    @Test
    void preferChoosesTheAnswer() {
        assertTrue(
                client.create()
                                .resource(patient("Full"))
                                .prefer(PreferReturnEnum.REPRESENTATION)
                                .execute()
                                .getResource()
                        instanceof Patient);
        assertTrue(
                client.create()
                                .resource(patient("Outcome"))
                                .prefer(PreferReturnEnum.OPERATION_OUTCOME)
                                .execute()
                                .getOperationOutcome()
                        instanceof OperationOutcome);
        assertEquals(
                null,
                client.create()
                        .resource(patient("Minimal"))
                        .prefer(PreferReturnEnum.MINIMAL)
                        .execute()
                        .getResource());
    }

    @Test
    void searchesFindByEveryKindOfParameter() {
        IIdType subject =
                client.create()
                        .resource(patient("Searched"))
                        .execute()
                        .getId()
                        .toUnqualifiedVersionless();
        var observation = new Observation();
        observation.setStatus(Observation.ObservationStatus.FINAL);
        observation.addIdentifier().setSystem(SYSTEM).setValue(unique);
        observation.getCode().addCoding().setSystem("http://loinc.org").setCode("8302-2");
        observation.setSubject(new Reference(subject));
        observation.setEffective(new DateTimeType("2021-03-04T05:06:07Z"));
        observation.setValue(
                new Quantity()
                        .setValue(new DecimalType("172.50").getValue())
                        .setUnit("cm")
                        .setSystem("http://unitsofmeasure.org")
                        .setCode("cm"));
        String id = client.create().resource(observation).execute().getId().getIdPart();

        String own = "Observation?identifier=" + SYSTEM + "|" + unique;
        for (String more :
                List.of(
                        "",
                        "&_id=" + id,
                        "&_lastUpdated=gt2020-01-01",
                        "&code=8302-2",
                        "&code=http://loinc.org|8302-2,http://loinc.org|1-1",
                        "&status=final",
                        "&subject=" + subject.getValue(),
                        "&subject:Patient=" + subject.getIdPart(),
                        "&date=2021-03-04",
                        "&date=ge2021-03-04T05:00:00Z",
                        "&date=lt2021-03-05",
                        "&value-quantity=172.5",
                        "&value-quantity=gt170|http://unitsofmeasure.org|cm")) {
            assertEquals(List.of(id), ids(search(own + more)), more);
        }
        for (String none :
                List.of(
                        "&code=http://loinc.org|1-1",
                        "&status=amended",
                        "&date=gt2021-03-05",
                        "&subject=Patient/" + UUID.randomUUID(),
                        "&value-quantity=lt170")) {
            assertEquals(List.of(), ids(search(own + none)), none);
        }
        String people = "Patient?identifier=" + SYSTEM + "|" + unique;
        assertEquals(1, search(people + "&family=search").getEntry().size());
        assertEquals(0, search(people + "&family:exact=search").getEntry().size());
        assertEquals(1, search(people + "&family:exact=Searched").getEntry().size());
        assertEquals(1, search(people + "&name:contains=arch").getEntry().size());
    }

    @Test
    void pagesShowEachHitOnce() {
        int count = 23;
        var expected = new HashSet<String>();
        for (int i = 0; i < count; i++) {
            Patient patient = patient("Paged" + (char) ('a' + i));
            expected.add(client.create().resource(patient).execute().getId().getIdPart());
        }
        for (String sort : List.of("", "&_sort=family", "&_sort=-family", "&_sort=-_lastUpdated")) {
            Bundle page = search(byUnique() + "&_count=5&_total=accurate" + sort);
            assertEquals(count, page.getTotal());
            var seen = new ArrayList<>(ids(page));
            var families = new ArrayList<>(families(page));
            while (page.getLink(Bundle.LINK_NEXT) != null) {
                page = client.loadPage().next(page).execute();
                seen.addAll(ids(page));
                families.addAll(families(page));
            }
            assertEquals(count, seen.size(), sort);
            assertEquals(expected, new HashSet<>(seen), sort);
            if (sort.endsWith("family")) {
                var sorted = new ArrayList<>(families.stream().sorted().toList());
                assertEquals(sort.contains("-") ? sorted.reversed() : sorted, families);
            }
        }
    }

    @Test
    void aSearchMayBePosted() {
        client.create().resource(patient("Posted")).execute();
        Bundle found =
                client.search()
                        .forResource(Patient.class)
                        .where(Patient.IDENTIFIER.exactly().systemAndIdentifier(SYSTEM, unique))
                        .totalMode(SearchTotalModeEnum.ACCURATE)
                        .usingStyle(SearchStyleEnum.POST)
                        .returnBundle(Bundle.class)
                        .execute();
        assertEquals(1, found.getTotal());
    }

    @Test
    void entriesOfABatchAreAnsweredOneByOne() {
        IIdType there =
                client.create()
                        .resource(patient("There"))
                        .execute()
                        .getId()
                        .toUnqualifiedVersionless();
        IIdType doomed =
                client.create()
                        .resource(patient("Doomed"))
                        .execute()
                        .getId()
                        .toUnqualifiedVersionless();
        var batch = new Bundle().setType(Bundle.BundleType.BATCH);
        batch.addEntry()
                .setResource(patient("Batch"))
                .getRequest()
                .setMethod(Bundle.HTTPVerb.POST)
                .setUrl("Patient");
        batch.addEntry()
                .getRequest()
                .setMethod(Bundle.HTTPVerb.GET)
                .setUrl("Patient/" + UUID.randomUUID());
        batch.addEntry().getRequest().setMethod(Bundle.HTTPVerb.GET).setUrl(there.getValue());
        batch.addEntry().getRequest().setMethod(Bundle.HTTPVerb.DELETE).setUrl(doomed.getValue());
        Bundle answer = client.transaction().withBundle(batch).execute();
        assertEquals(Bundle.BundleType.BATCHRESPONSE, answer.getType());
        assertEquals(
                List.of("201", "404", "200", "204"),
                answer.getEntry().stream()
                        .map(entry -> entry.getResponse().getStatus().substring(0, 3))
                        .toList());
        assertTrue(answer.getEntry().get(1).getResponse().getOutcome() instanceof OperationOutcome);
        assertTrue(answer.getEntry().get(2).getResource() instanceof Patient);
    }

    @Test
    void aTransactionResolvesItsReferences() {
        var organization = new Organization();
        organization.addIdentifier().setSystem(SYSTEM).setValue(unique);
        IIdType known =
                client.create().resource(organization).execute().getId().toUnqualifiedVersionless();

        Patient patient = patient("Transaction");
        patient.setManagingOrganization(
                new Reference("Organization?identifier=" + SYSTEM + "|" + unique));
        var encounter = new Encounter();
        encounter.setStatus(Encounter.EncounterStatus.FINISHED);
        encounter
                .getClass_()
                .setSystem("http://terminology.hl7.org/CodeSystem/v3-ActCode")
                .setCode("AMB");
        encounter.setSubject(new Reference("urn:uuid:" + unique));
        encounter.addIdentifier().setSystem(SYSTEM).setValue(unique);

        var transaction = new Bundle().setType(Bundle.BundleType.TRANSACTION);
        transaction
                .addEntry()
                .setResource(encounter)
                .getRequest()
                .setMethod(Bundle.HTTPVerb.PUT)
                .setUrl("Encounter?identifier=" + SYSTEM + "|" + unique);
        transaction
                .addEntry()
                .setFullUrl("urn:uuid:" + unique)
                .setResource(patient)
                .getRequest()
                .setMethod(Bundle.HTTPVerb.POST)
                .setUrl("Patient")
                .setIfNoneExist("identifier=" + SYSTEM + "|" + unique);
        for (int repetition = 0; repetition < 2; repetition++) {
            Bundle answer = client.transaction().withBundle(transaction).execute();
            assertEquals(2, answer.getEntry().size());
        }
        Bundle encounters = search("Encounter?identifier=" + SYSTEM + "|" + unique);
        Bundle patients = search(byUnique());
        assertEquals(1, encounters.getEntry().size());
        assertEquals(1, patients.getEntry().size());
        Patient stored = (Patient) patients.getEntryFirstRep().getResource();
        assertEquals(known.getValue(), stored.getManagingOrganization().getReference());
        Encounter visit = (Encounter) encounters.getEntryFirstRep().getResource();
        assertEquals(
                "Patient/" + stored.getIdElement().getIdPart(), visit.getSubject().getReference());
    }

    @Test
    void aTransactionIsAllOrNothing() {
        var transaction = new Bundle().setType(Bundle.BundleType.TRANSACTION);
        transaction
                .addEntry()
                .setResource(patient("Never"))
                .getRequest()
                .setMethod(Bundle.HTTPVerb.POST)
                .setUrl("Patient");
        Patient referring = patient("Never");
        referring.setManagingOrganization(
                new Reference("Organization?identifier=" + SYSTEM + "|" + unique));
        transaction
                .addEntry()
                .setResource(referring)
                .getRequest()
                .setMethod(Bundle.HTTPVerb.POST)
                .setUrl("Patient");
        var refusal =
                assertThrows(
                        PreconditionFailedException.class,
                        () -> client.transaction().withBundle(transaction).execute());
        assertTrue(diagnostics(refusal).contains("Organization?identifier"), diagnostics(refusal));
        assertEquals(0, search(byUnique()).getEntry().size());
    }

    @Test
    void whatIsWrongWithAResourceIsTold() {
        var refusal =
                assertThrows(
                        InvalidRequestException.class,
                        () -> client.search().byUrl("Patient?no-such-thing=1").execute());
        assertTrue(diagnostics(refusal).contains("no-such-thing"), diagnostics(refusal));
    }

    @Tag("history-of-types")
    @Test
    void historyTellsTypesAndEverything() {
        String before = client.create().resource(patient("H1")).execute().getId().getIdPart();
        IIdType after = client.create().resource(patient("H2")).execute().getId();
        for (Bundle history :
                List.of(
                        client.history()
                                .onType(Patient.class)
                                .returnBundle(Bundle.class)
                                .count(2)
                                .execute(),
                        client.history()
                                .onServer()
                                .returnBundle(Bundle.class)
                                .count(2)
                                .execute())) {
            assertEquals(
                    List.of(after.getIdPart(), before),
                    ids(history),
                    "the latest changes, latest first");
        }
    }

    @Test
    void decimalsKeepTheirDigits() {
        var observation = new Observation();
        observation.setStatus(Observation.ObservationStatus.FINAL);
        observation.getCode().setText("digits");
        for (String digits : List.of("1.00", "0.0010", "100")) {
            observation.setValue(new Quantity().setValueElement(new DecimalType(digits)));
            IIdType id = client.create().resource(observation).execute().getId();
            var read =
                    client.read()
                            .resource(Observation.class)
                            .withId(id.toUnqualifiedVersionless())
                            .execute();
            assertEquals(digits, read.getValueQuantity().getValueElement().getValueAsString());
        }
    }

    private Patient patient(String family) {
        var patient = new Patient();
        patient.addIdentifier().setSystem(SYSTEM).setValue(unique);
        patient.addName().setFamily(family);
        return patient;
    }

    private String byUnique() {
        return "Patient?identifier=" + SYSTEM + "|" + unique;
    }

    private Patient read(IIdType id) {
        return client.read().resource(Patient.class).withId(id.getValue()).execute();
    }

    private Bundle search(String url) {
        return client.search().byUrl(url).returnBundle(Bundle.class).execute();
    }

    private static List<String> ids(Bundle bundle) {
        return bundle.getEntry().stream()
                .map(entry -> entry.getResource().getIdElement().getIdPart())
                .toList();
    }

    private static List<String> families(Bundle bundle) {
        return IntStream.range(0, bundle.getEntry().size())
                .mapToObj(i -> (Patient) bundle.getEntry().get(i).getResource())
                .map(patient -> patient.getNameFirstRep().getFamily())
                .toList();
    }

    private static String diagnostics(BaseServerResponseException refusal) {
        return ((OperationOutcome) refusal.getOperationOutcome())
                .getIssueFirstRep()
                .getDiagnostics();
    }
}
