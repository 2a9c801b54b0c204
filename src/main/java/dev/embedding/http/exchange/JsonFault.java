package dev.embedding.http.exchange;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Where and why a text is no JSON, by the rules and positions of Python's {@code json} module, which the callers of the
 * original service know: strict JSON, and NaN, Infinity, -Infinity. A text that merely ends too early is at fault at its
 * end.
 *
 * @param position in characters (code points)
 */
record JsonFault(int position, String problem) {

    private static final List<String> WORDS = List.of("null", "true", "false", "NaN", "Infinity", "-Infinity");

    /** The first fault; empty when the text is JSON. */
    static Optional<JsonFault> find(String text) {
        try {
            new Scanner(text).document();
            return Optional.empty();
        } catch (Found found) {
            return Optional.of(new JsonFault(text.codePointCount(0, found.position), found.problem));
        }
    }

    private static final class Found extends RuntimeException {
        final int position;
        final String problem;

        Found(int position, String problem) {
            super(problem, null, false, false);
            this.position = position;
            this.problem = problem;
        }
    }

    /** Walks over one document without recursion: {@code open} holds the brackets that are not closed yet. */
    private static final class Scanner {
        private final String text;
        private final StringBuilder open = new StringBuilder();
        private int at;

        Scanner(String text) {
            this.text = text;
        }

        void document() {
            blank();
            boolean complete = false;
            while (!complete) {
                valueOrOpening();
                complete = closings();
            }
            if (at < text.length()) {
                throw new Found(at, "Extra data");
            }
        }

        /** Reads one scalar, or opens an array or object and goes to its first value. */
        private void valueOrOpening() {
            while (true) {
                char next = require("Expecting value");
                if (next == '{') {
                    at++;
                    blank();
                    if (require("Expecting property name enclosed in double quotes") == '}') {
                        at++;
                        return;
                    }
                    open.append('}');
                    name();
                } else if (next == '[') {
                    at++;
                    blank();
                    if (require("Expecting value") == ']') {
                        at++;
                        return;
                    }
                    open.append(']');
                } else {
                    scalar(next);
                    return;
                }
            }
        }

        /** Reads what may follow a value, up to the next value; true at the end of the outermost one. */
        private boolean closings() {
            while (true) {
                blank();
                if (open.isEmpty()) {
                    return true;
                }
                char closing = open.charAt(open.length() - 1);
                char next = require("Expecting ',' delimiter");
                if (next == closing) {
                    at++;
                    open.setLength(open.length() - 1);
                } else if (next == ',') {
                    at++;
                    blank();
                    if (closing == '}') {
                        name();
                    }
                    return false;
                } else {
                    throw new Found(at, "Expecting ',' delimiter");
                }
            }
        }

        private void name() {
            if (require("Expecting property name enclosed in double quotes") != '"') {
                throw new Found(at, "Expecting property name enclosed in double quotes");
            }
            string();
            blank();
            if (require("Expecting ':' delimiter") != ':') {
                throw new Found(at, "Expecting ':' delimiter");
            }
            at++;
            blank();
        }

        private void scalar(char next) {
            if (next == '"') {
                string();
            } else if (WORDS.stream().noneMatch(this::word)) {
                number();
            }
        }

        private boolean word(String word) {
            if (!text.startsWith(word, at)) {
                return false;
            }
            at += word.length();
            return true;
        }

        private void number() {
            int start = at;
            int digits = text.charAt(at) == '-' ? at + 1 : at;
            if (digits < text.length() && text.charAt(digits) == '0') {
                at = digits + 1;
            } else {
                at = afterDigits(digits);
                if (at == digits) {
                    String rest = text.substring(start);
                    boolean endsEarly = rest.equals("-") || WORDS.stream().anyMatch(word -> word.startsWith(rest));
                    throw new Found(endsEarly ? text.length() : start, "Expecting value");
                }
            }
            if (at < text.length() && text.charAt(at) == '.') {
                at = afterDigitsOr(at, at + 1);
            }
            exponent();
        }

        private void exponent() {
            if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
                int digits = at + 1;
                if (digits < text.length() && (text.charAt(digits) == '+' || text.charAt(digits) == '-')) {
                    digits++;
                }
                at = afterDigitsOr(at, digits);
            }
        }

        /** Where the digits end; without digits the number ends before them, unless the text does. */
        private int afterDigitsOr(int numberEnd, int digits) {
            if (digits == text.length()) {
                throw new Found(digits, "Unterminated number");
            }
            int end = afterDigits(digits);
            return end == digits ? numberEnd : end;
        }

        private int afterDigits(int from) {
            int index = from;
            while (index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9') {
                index++;
            }
            return index;
        }

        private void string() {
            at++;
            while (true) {
                char next = require("Unterminated string");
                if (next == '"') {
                    at++;
                    return;
                }
                if (next < ' ') {
                    throw new Found(at, "Invalid control character");
                }
                at++;
                if (next == '\\') {
                    escape();
                }
            }
        }

        private void escape() {
            char kind = require("Unterminated string");
            if (kind == 'u') {
                for (int digit = 1; digit <= 4; digit++) {
                    if (at + digit >= text.length()) {
                        throw new Found(text.length(), "Unterminated string");
                    }
                    if (!HexFormat.isHexDigit(text.charAt(at + digit))) {
                        throw new Found(at, "Invalid \\uXXXX escape");
                    }
                }
                at += 5;
            } else if ("\"\\/bfnrt".indexOf(kind) >= 0) {
                at++;
            } else {
                throw new Found(at - 1, "Invalid \\escape");
            }
        }

        private void blank() {
            while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }

        /** The next character; the end of the text is a fault. */
        private char require(String problem) {
            if (at >= text.length()) {
                throw new Found(text.length(), problem);
            }
            return text.charAt(at);
        }
    }
}
