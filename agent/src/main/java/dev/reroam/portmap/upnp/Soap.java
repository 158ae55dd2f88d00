package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Actions of a service and what comes back (UDA section 3). Pure. */
public final class Soap {

    private static final int OK = 200;

    private Soap() {}

    /** What came back. */
    public sealed interface Outcome {

        /** The action was done. */
        record Done(Map<String, String> values) implements Outcome {
            public Done {
                values = Map.copyOf(values);
            }

            /** A value; empty text when absent. */
            public String value(String name) {
                return values.getOrDefault(name, "");
            }
        }

        /** The device refused: its UPnP error code, or the HTTP status where it says none. */
        record Failed(int code, String words) implements Outcome {}

        /** No answer to this action: other XML, none, or another action's. */
        record Unreadable(String why) implements Outcome {}
    }

    /**
     * The request.
     *
     * @param arguments name, value, name, value, in the order of the service's definition, which some devices insist on
     */
    public static HttpRequest request(Service service, String action, String... arguments) {
        var body = new StringBuilder("<?xml version=\"1.0\"?>\r\n"
                + "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
                + " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:");
        body.append(action).append(" xmlns:u=\"").append(service.type().urn()).append("\">");
        for (int i = 0; i < arguments.length; i += 2) {
            body.append('<').append(arguments[i]).append('>').append(escaped(arguments[i + 1]));
            body.append("</").append(arguments[i]).append('>');
        }
        body.append("</u:").append(action).append("></s:Body></s:Envelope>\r\n");
        return new HttpRequest(
                "POST",
                service.control().port(),
                service.control().path(),
                Map.of(
                        "Content-Type",
                        "text/xml; charset=\"utf-8\"",
                        "SOAPAction",
                        "\"" + service.type().urn() + "#" + action + "\""),
                body.toString());
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** Reads the answer to this action. */
    public static Outcome outcome(String action, HttpAnswer answer) {
        XmlElement root;
        try {
            root = XmlReader.read(answer.body());
        } catch (XmlException e) {
            return answer.status() == OK
                    ? new Outcome.Unreadable(String.valueOf(e.getMessage()))
                    : new Outcome.Failed(answer.status(), "HTTP status");
        }
        var inner = root.name().equals("Envelope")
                ? root.child("Body").flatMap(body -> body.children().stream().findFirst())
                : java.util.Optional.<XmlElement>empty();
        if (inner.isEmpty()) {
            return new Outcome.Unreadable("no SOAP");
        }
        if (inner.get().name().equals("Fault")) {
            return fault(inner.get());
        }
        if (!inner.get().name().equals(action + "Response")) {
            return new Outcome.Unreadable("answer of another action");
        }
        var values = new TreeMap<String, String>();
        inner.get().children().forEach(child -> values.putIfAbsent(child.name(), child.text()));
        return new Outcome.Done(values);
    }

    private static Outcome fault(XmlElement fault) {
        var error = fault.child("detail").flatMap(detail -> detail.child("UPnPError"));
        String code = error.flatMap(e -> e.textOf("errorCode")).orElse("");
        if (!code.matches("\\d{1,5}")) {
            return new Outcome.Unreadable("a fault without a code");
        }
        String words = error.flatMap(e -> e.textOf("errorDescription")).orElse("");
        String printable = words.replaceAll("[^\\x20-\\x7e]", "?");
        return new Outcome.Failed(Integer.parseInt(code), printable.substring(0, Math.min(printable.length(), 80)));
    }

    /** The outer address in an answer to GetExternalIPAddress; empty without one. */
    static Optional<IpAddress> externalAddress(Outcome outcome) {
        return outcome instanceof Outcome.Done done ? address(done.value("NewExternalIPAddress")) : Optional.empty();
    }

    static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (IllegalArgumentException e) {
            // Empty while there is no connection, or nonsense: both are no address.
            return Optional.empty();
        }
    }
}
