package dev.andiron.fhir.view.parquet;

import dev.andiron.spi.view.Value;

import org.apache.parquet.io.api.Binary;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;

/**
 * Decimals of bounded size, as whole multiples of a power of ten. Zeros behind a value's last digit
 * are not kept: all values of a column have the same scale.
 */
record DecimalForm(int precision, int scale) implements CellForm {
    private static final int DIGITS_OF_INT = 9;
    private static final int DIGITS_OF_LONG = 18;

    @Override
    public PrimitiveTypeName physical() {
        if (precision <= DIGITS_OF_INT) {
            return PrimitiveTypeName.INT32;
        }
        return precision <= DIGITS_OF_LONG
                ? PrimitiveTypeName.INT64
                : PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
    }

    @Override
    public boolean holdsAll() {
        return false;
    }

    @Override
    public int length() {
        return precision <= DIGITS_OF_LONG
                ? 0
                : BigInteger.TEN.pow(precision).subtract(BigInteger.ONE).bitLength() / 8 + 1;
    }

    @Override
    public Optional<LogicalTypeAnnotation> logical() {
        return Optional.of(LogicalTypeAnnotation.decimalType(scale, precision));
    }

    @Override
    public int write(Value value, RecordConsumer to) {
        BigInteger unscaled =
                CellForm.number(value)
                        .flatMap(this::unscaled)
                        .orElseThrow(() -> CellForm.refusal(value, this.toString()));
        if (precision <= DIGITS_OF_INT) {
            to.addInteger(unscaled.intValueExact());
            return Integer.BYTES;
        }
        if (precision <= DIGITS_OF_LONG) {
            to.addLong(unscaled.longValueExact());
            return Long.BYTES;
        }
        to.addBinary(Binary.fromConstantByteArray(fixed(unscaled)));
        return length();
    }

    /** Empty if digits would be lost. Large exponents are refused before they become digits. */
    private Optional<BigInteger> unscaled(BigDecimal number) {
        BigDecimal plain = number.stripTrailingZeros();
        long integral = (long) plain.precision() - plain.scale();
        if (plain.signum() != 0 && (plain.scale() > scale || integral > precision - scale)) {
            return Optional.empty();
        }
        return Optional.of(plain.setScale(scale).unscaledValue());
    }

    private byte[] fixed(BigInteger number) {
        byte[] digits = number.toByteArray();
        byte[] all = new byte[length()];
        Arrays.fill(all, (byte) (number.signum() < 0 ? -1 : 0));
        System.arraycopy(digits, 0, all, all.length - digits.length, digits.length);
        return all;
    }

    @Override
    public String toString() {
        return "DECIMAL(%d, %d)".formatted(precision, scale);
    }
}
