package dev.reroam.portmap.upnp;

import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.upnp.XmlException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Reads a document of a device within bounds: elements and text, nothing else. Never fetches anything, knows no document
 * types and no entities but XML's own five. Not recursive. One use, one thread.
 */
final class XmlReader {

    /** Descriptions of real gateways have 2 to 20 KiB. */
    static final int MOST_BYTES = 64 * 1024;

    /** A description nests 9 deep: root, three devices each in a list, a service list, a service, its fields. */
    static final int MOST_DEPTH = 32;

    static final int MOST_ELEMENTS = 2000;

    private static final class Open {
        final String qualified;
        final StringBuilder text = new StringBuilder();
        final List<XmlElement> children = new ArrayList<>();

        Open(String qualified) {
            this.qualified = qualified;
        }

        XmlElement closed() {
            String local = qualified.substring(qualified.indexOf(':') + 1);
            return new XmlElement(local, text.toString().strip(), children);
        }
    }

    private final String text;
    private final Deque<Open> open = new ArrayDeque<>();
    private final List<XmlElement> roots = new ArrayList<>(1);
    private int at;
    private int elements;

    private XmlReader(String text) {
        this.text = text;
    }

    /** The root element. */
    static XmlElement read(Octets octets) throws XmlException {
        if (octets.length() > MOST_BYTES) {
            throw new XmlException(Reason.TOO_LARGE, MOST_BYTES);
        }
        // Devices claim every encoding and mean ASCII; what is no UTF-8 becomes a replacement character in some name.
        String text = new String(octets.bytes(), StandardCharsets.UTF_8);
        return new XmlReader(text.startsWith("\ufeff") ? text.substring(1) : text).document();
    }

    private XmlElement document() throws XmlException {
        while (at < text.length()) {
            if (text.charAt(at) != '<') {
                characters();
            } else if (text.startsWith("<?", at)) {
                at = after("?>");
            } else if (text.startsWith("<!--", at)) {
                at += 4;
                at = after("-->");
            } else if (text.startsWith("<![CDATA[", at)) {
                characterData();
            } else if (text.startsWith("<!", at)) {
                throw failed(Reason.DOCTYPE);
            } else if (text.startsWith("</", at)) {
                endTag();
            } else {
                startTag();
            }
        }
        if (!open.isEmpty() || roots.isEmpty()) {
            throw failed(Reason.TRUNCATED);
        }
        return roots.getFirst();
    }

    private XmlException failed(Reason reason) {
        return new XmlException(reason, at);
    }

    private int after(String end) throws XmlException {
        int found = text.indexOf(end, at);
        if (found < 0) {
            throw failed(Reason.TRUNCATED);
        }
        return found + end.length();
    }

    private void characters() throws XmlException {
        while (at < text.length() && text.charAt(at) != '<') {
            char c = text.charAt(at);
            String read = String.valueOf(c);
            if (c == '&') {
                int end = text.indexOf(';', at);
                if (end < 0 || end - at > 10) {
                    throw failed(Reason.ENTITY);
                }
                read = entity(text.substring(at + 1, end));
                at = end;
            }
            at++;
            append(read);
        }
    }

    /** Outside of the root only white space may stand, and the zeros with which some devices end their answers. */
    private void append(String read) throws XmlException {
        if (!open.isEmpty()) {
            open.peek().text.append(read);
        } else if (!read.isBlank() && !read.equals("\0")) {
            throw failed(Reason.MALFORMED);
        }
    }

    private String entity(String name) throws XmlException {
        return switch (name) {
            case "lt" -> "<";
            case "gt" -> ">";
            case "amp" -> "&";
            case "quot" -> "\"";
            case "apos" -> "'";
            default -> {
                boolean hexadecimal = name.startsWith("#x");
                String digits = name.substring(Math.min(name.length(), hexadecimal ? 2 : 1));
                boolean number = name.startsWith("#") && digits.matches(hexadecimal ? "[0-9a-fA-F]{1,6}" : "\\d{1,7}");
                int point = number ? Integer.parseInt(digits, hexadecimal ? 16 : 10) : -1;
                if (point < 1 || !Character.isValidCodePoint(point)) {
                    throw failed(Reason.ENTITY);
                }
                yield Character.toString(point);
            }
        };
    }

    private void characterData() throws XmlException {
        int from = at + "<![CDATA[".length();
        int end = after("]]>");
        if (open.isEmpty() || end - 3 < from) {
            throw failed(Reason.MALFORMED);
        }
        open.peek().text.append(text, from, end - 3);
        at = end;
    }

    private void startTag() throws XmlException {
        at++;
        String name = name();
        if (open.size() >= MOST_DEPTH) {
            throw failed(Reason.TOO_DEEP);
        }
        if (++elements > MOST_ELEMENTS) {
            throw failed(Reason.TOO_MANY);
        }
        if (open.isEmpty() && !roots.isEmpty()) {
            throw failed(Reason.MALFORMED);
        }
        open.push(new Open(name));
        while (true) {
            skipSpace();
            if (text.startsWith("/>", at)) {
                at += 2;
                close();
                return;
            } else if (text.startsWith(">", at)) {
                at++;
                return;
            }
            attribute();
        }
    }

    /** Read over: nothing that we need stands in an attribute. */
    private void attribute() throws XmlException {
        name();
        skipSpace();
        if (!text.startsWith("=", at)) {
            throw failed(at >= text.length() ? Reason.TRUNCATED : Reason.MALFORMED);
        }
        at++;
        skipSpace();
        if (at >= text.length()) {
            throw failed(Reason.TRUNCATED);
        }
        char quote = text.charAt(at);
        if (quote != '"' && quote != '\'') {
            throw failed(Reason.MALFORMED);
        }
        at++;
        at = after(String.valueOf(quote));
    }

    private void endTag() throws XmlException {
        at += 2;
        String name = name();
        skipSpace();
        if (!text.startsWith(">", at)) {
            throw failed(at >= text.length() ? Reason.TRUNCATED : Reason.MALFORMED);
        }
        at++;
        if (open.isEmpty() || !open.peek().qualified.equals(name)) {
            throw failed(Reason.MALFORMED);
        }
        close();
    }

    private void close() {
        XmlElement closed = open.pop().closed();
        if (open.isEmpty()) {
            roots.add(closed);
        } else {
            open.peek().children.add(closed);
        }
    }

    private String name() throws XmlException {
        int from = at;
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
        if (at == from) {
            throw failed(at >= text.length() ? Reason.TRUNCATED : Reason.MALFORMED);
        }
        return text.substring(from, at);
    }

    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == ':' || c == '_' || c == '-' || c == '.';
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }
}
