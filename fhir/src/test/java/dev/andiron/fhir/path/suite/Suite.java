package dev.andiron.fhir.path.suite;

import dev.andiron.fhir.path.suite.SuiteCase.Output;

import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import javax.xml.parsers.DocumentBuilderFactory;

/** The official FHIRPath tests of one FHIR version, and the exceptions that are known. */
public final class Suite {
    private final String version;

    public Suite(String version) {
        this.version = version;
    }

    /** The cases in their order. */
    public List<SuiteCase> cases() throws Exception {
        Element tests;
        try (InputStream in = open("tests-fhir-" + version + ".xml")) {
            tests =
                    DocumentBuilderFactory.newDefaultNSInstance()
                            .newDocumentBuilder()
                            .parse(in)
                            .getDocumentElement();
        }
        var cases = new ArrayList<SuiteCase>();
        var seen = new HashMap<String, Integer>();
        for (Element group : children(tests, "group")) {
            for (Element test : children(group, "test")) {
                String name = group.getAttribute("name") + "/" + test.getAttribute("name");
                int count = seen.merge(name, 1, Integer::sum);
                cases.add(read(test, count == 1 ? name : name + "#" + count));
            }
        }
        return cases;
    }

    private static SuiteCase read(Element test, String name) {
        Element expression = children(test, "expression").getFirst();
        return new SuiteCase(
                name,
                test.getAttribute("inputfile"),
                expression.getTextContent(),
                expression.getAttribute("invalid"),
                test.getAttribute("mode"),
                "true".equals(test.getAttribute("predicate")),
                !"false".equals(test.getAttribute("ordered")),
                !"true".equals(test.getAttribute("skipStaticCheck")),
                children(test, "output").stream()
                        .map(each -> new Output(each.getAttribute("type"), each.getTextContent()))
                        .toList());
    }

    private static List<Element> children(Element parent, String name) {
        var found = new ArrayList<Element>();
        NodeList all = parent.getChildNodes();
        for (int i = 0; i < all.getLength(); i++) {
            Node node = all.item(i);
            if (node instanceof Element element && element.getLocalName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    /** A file that the cases are evaluated on. */
    public byte[] input(String file) throws IOException {
        try (InputStream in = open(file)) {
            return in.readAllBytes();
        }
    }

    /** By case, why it is known not to pass. */
    public Map<String, String> knownExceptions() throws IOException {
        var known = new TreeMap<String, String>();
        for (String line :
                new String(input("known-exceptions.txt"), StandardCharsets.UTF_8)
                        .lines()
                        .toList()) {
            if (!line.isBlank() && !line.startsWith("#")) {
                int colon = line.indexOf(": ");
                known.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        return known;
    }

    private InputStream open(String file) {
        String resource = "/dev/andiron/fhir/path/official/" + version + "/" + file;
        InputStream in = Suite.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IllegalArgumentException("there is no " + resource);
        }
        return in;
    }
}
