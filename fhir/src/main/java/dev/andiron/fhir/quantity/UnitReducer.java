package dev.andiron.fhir.quantity;

import org.fhir.ucum.BaseUnit;
import org.fhir.ucum.Component;
import org.fhir.ucum.Decimal;
import org.fhir.ucum.DefinedUnit;
import org.fhir.ucum.ExpressionParser;
import org.fhir.ucum.Factor;
import org.fhir.ucum.Operator;
import org.fhir.ucum.Symbol;
import org.fhir.ucum.Term;
import org.fhir.ucum.UcumEssenceService;
import org.fhir.ucum.UcumException;
import org.fhir.ucum.UcumModel;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reduces units to base units. The library parses codes and knows the units; the arithmetic is
 * exact here, which the library's own is not. Safe for use by many threads.
 */
final class UnitReducer {
    /** No unit in use has a larger one; it bounds the digits of factors. */
    private static final int MAX_EXPONENT = 40;

    /** No text of a code that is allowed nests deeper without saying nothing. */
    private static final int MAX_DEPTH = 50;

    private final UcumModel model;
    private final Set<String> arbitrary;
    private final Map<String, Optional<ReducedUnit>> defined = new ConcurrentHashMap<>();

    private UnitReducer(UcumModel model, Set<String> arbitrary) {
        this.model = model;
        this.arbitrary = arbitrary;
    }

    static UnitReducer load() {
        try (InputStream tables = tables();
                InputStream again = tables()) {
            return new UnitReducer(new UcumEssenceService(tables).getModel(), arbitrary(again));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UcumException | XMLStreamException e) {
            throw new IllegalStateException("cannot read the tables of UCUM", e);
        }
    }

    private static InputStream tables() {
        return UcumModel.class.getResourceAsStream("/ucum-essence.xml");
    }

    /** The units that compare with nothing but themselves, which the library does not tell. */
    private static Set<String> arbitrary(InputStream tables) throws XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        XMLStreamReader reader = factory.createXMLStreamReader(tables);
        var codes = new HashSet<String>();
        while (reader.hasNext()) {
            if (reader.next() == XMLStreamReader.START_ELEMENT
                    && "yes".equals(reader.getAttributeValue(null, "isArbitrary"))) {
                codes.add(reader.getAttributeValue(null, "Code"));
            }
        }
        return codes;
    }

    /**
     * Reduces.
     *
     * @return empty when a part of it has no factor, or exponents are out of bounds
     * @throws UcumException or one of the parser's runtime exceptions if it is no unit
     */
    Optional<ReducedUnit> reduce(String code) throws UcumException {
        return term(new ExpressionParser(model).parse(code), 0);
    }

    private Optional<ReducedUnit> term(Term term, int depth) throws UcumException {
        if (depth > MAX_DEPTH) {
            return Optional.empty();
        }
        ReducedUnit product = ReducedUnit.ONE;
        boolean divides = false;
        for (Term rest = term; rest != null; rest = rest.getTerm()) {
            if (rest.hasComp()) {
                Optional<ReducedUnit> part = component(rest.getComp(), depth);
                if (part.isEmpty()) {
                    return part;
                }
                product = product.times(divides ? part.get().inverse() : part.get());
            }
            divides = rest.getOp() == Operator.DIVISION;
        }
        return Optional.of(product);
    }

    private Optional<ReducedUnit> component(Component component, int depth) throws UcumException {
        return switch (component) {
            case Factor factor ->
                    factor.getValue() <= 0
                            ? Optional.empty()
                            : Optional.of(
                                    ReducedUnit.number(BigDecimal.valueOf(factor.getValue())));
            case Symbol symbol -> symbol(symbol);
            case Term term -> term(term, depth + 1);
            default -> Optional.empty();
        };
    }

    private Optional<ReducedUnit> symbol(Symbol symbol) throws UcumException {
        int exponent = symbol.getExponent();
        if (Math.abs((long) exponent) > MAX_EXPONENT) {
            return Optional.empty();
        }
        Optional<ReducedUnit> unit = unit(symbol);
        if (unit.isEmpty()) {
            return unit;
        }
        ReducedUnit prefixed =
                symbol.hasPrefix()
                        ? unit.get().times(ReducedUnit.number(exact(symbol.getPrefix().getValue())))
                        : unit.get();
        return Optional.of(prefixed.power(exponent));
    }

    private Optional<ReducedUnit> unit(Symbol symbol) throws UcumException {
        String code = symbol.getUnit().getCode();
        if (symbol.getUnit() instanceof BaseUnit) {
            return Optional.of(ReducedUnit.base(code));
        }
        Optional<ReducedUnit> known = defined.get(code);
        if (known == null) {
            known = define((DefinedUnit) symbol.getUnit());
            defined.put(code, known);
        }
        return known;
    }

    private Optional<ReducedUnit> define(DefinedUnit unit) throws UcumException {
        if (unit.isSpecial()) {
            return Optional.empty();
        }
        String as = unit.getValue().getUnit();
        BigDecimal factor = exact(unit.getValue().getValue());
        if (arbitrary.contains(unit.getCode()) && as.equals("1")) {
            return Optional.of(ReducedUnit.base(unit.getCode()));
        }
        return reduce(as).map(reduced -> reduced.times(ReducedUnit.number(factor)));
    }

    private static BigDecimal exact(Decimal decimal) {
        return new BigDecimal(decimal.asDecimal());
    }
}
