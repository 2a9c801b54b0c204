package dev.embedding.http.exchange.json;

import com.fasterxml.jackson.core.Base64Variant;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.ObjectCodec;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.core.base.ParserMinimalBase;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The part of Jackson's parser that binding records does not need: locations, numbers and binary values. */
abstract class TextOnlyParser extends ParserMinimalBase {

    TextOnlyParser() {
        super(StreamReadConstraints.defaults());
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("Values are read by a LeafReader");
    }

    @Override
    public char[] getTextCharacters() throws IOException {
        return getText().toCharArray();
    }

    @Override
    public boolean hasTextCharacters() {
        return false;
    }

    @Override
    public int getTextLength() throws IOException {
        return getText().length();
    }

    @Override
    public int getTextOffset() {
        return 0;
    }

    @Override
    public Number getNumberValue() {
        throw unsupported();
    }

    @Override
    public NumberType getNumberType() {
        throw unsupported();
    }

    @Override
    public int getIntValue() {
        throw unsupported();
    }

    @Override
    public long getLongValue() {
        throw unsupported();
    }

    @Override
    public BigInteger getBigIntegerValue() {
        throw unsupported();
    }

    @Override
    public float getFloatValue() {
        throw unsupported();
    }

    @Override
    public double getDoubleValue() {
        throw unsupported();
    }

    @Override
    public BigDecimal getDecimalValue() {
        throw unsupported();
    }

    @Override
    public byte[] getBinaryValue(Base64Variant variant) {
        throw unsupported();
    }

    @Override
    public @Nullable ObjectCodec getCodec() {
        return null;
    }

    @Override
    public void setCodec(ObjectCodec codec) {
        throw unsupported();
    }

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Jackson
    public JsonLocation getCurrentLocation() {
        return JsonLocation.NA;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Jackson
    public JsonLocation getTokenLocation() {
        return JsonLocation.NA;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Jackson
    public @Nullable String getCurrentName() throws IOException {
        return currentName();
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Jackson
    public void overrideCurrentName(String name) {
        throw unsupported();
    }

    @Override
    public void close() {
        // The body is not the parser's.
    }

    @Override
    public boolean isClosed() {
        return false;
    }

    @Override
    protected void _handleEOF() {
        // The reader reports a truncated body.
    }
}
