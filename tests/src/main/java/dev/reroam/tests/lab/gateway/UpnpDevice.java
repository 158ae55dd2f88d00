package dev.reroam.tests.lab.gateway;

import dev.reroam.tests.lab.gateway.Heard.Question;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/**
 * What a gateway answers over HTTP: a description, the actions of WANIPConnection, subscriptions; and for its first device
 * what the {@link Trick} wants. Confined to the gateway's thread.
 */
final class UpnpDevice {

    static final int PORT = 5000;
    /** Where the good device describes itself. */
    static final String GOOD = "/good.xml";
    /** Where the other one does. */
    static final String BAD = "/bad.xml";

    /** Where actions are answered wrongly. */
    static final String BAD_CONTROL = "/bad/control";

    /** Where the service that can map nothing is. */
    private static final String OTHER_CONTROL = "/other/control";

    private static final String GOOD_CONTROL = "/good/control";
    private static final Pattern ACTION = Pattern.compile("\"?urn:[^#\"]*#([A-Za-z]+)\"?");
    // WANIPConnection:2 section 2.5.
    private static final int NO_SUCH_ENTRY = 714;
    private static final int CONFLICT = 718;
    private static final int ONLY_PERMANENT = 725;
    private static final int INVALID_ACTION = 401;

    private final Ways ways;
    private final PortTable table;
    private final BiConsumer<Question, String> hears;
    private String callback = "";
    private int subscriptions;

    UpnpDevice(Ways ways, PortTable table, BiConsumer<Question, String> hears) {
        this.ways = ways;
        this.table = table;
        this.hears = hears;
    }

    /** A request: its headers' names in lower case. */
    record Request(String method, String path, Map<String, String> headers, String body, String client) {}

    /** Where the last subscriber wants to be told; empty while there is none. */
    String callback() {
        return callback;
    }

    /** The name of the last subscription. */
    String subscription() {
        return "uuid:fake-" + subscriptions;
    }

    /** Everything that is sent; what follows is the end of the connection, unless it is empty: then nothing follows. */
    byte[] answer(Request request) {
        return switch (request.method()) {
            case "GET" -> {
                hears.accept(Question.DESCRIPTION, request.client());
                yield request.path().equals(GOOD)
                        ? ok(description(GOOD_CONTROL), "text/xml")
                        : Tricks.description(ways.trick, request.path(), this::description);
            }
            case "SUBSCRIBE" -> {
                hears.accept(Question.SUBSCRIPTION, request.client());
                yield subscribe(request);
            }
            case "POST" -> {
                hears.accept(Question.ACTION, request.client());
                var action = ACTION.matcher(request.headers().getOrDefault("soapaction", ""));
                String name = action.matches() ? action.group(1) : "";
                yield request.path().equals(GOOD_CONTROL)
                        ? act(name, request)
                        : request.path().equals(OTHER_CONTROL)
                                ? actOther(name)
                                : done("SomethingElse", "<NewExternalIPAddress>11.22.33.1</NewExternalIPAddress>");
            }
            default -> error(501, "Not Implemented", "");
        };
    }

    private byte[] subscribe(Request request) {
        String wanted = request.headers().getOrDefault("callback", "");
        if (!wanted.isEmpty()) {
            subscriptions++;
            callback = wanted.replace("<", "").replace(">", "");
        }
        return bytes(
                "HTTP/1.1 200 OK\r\nSID: " + subscription() + "\r\nTIMEOUT: Second-1800\r\nContent-Length: 0\r\n\r\n");
    }

    private String description(String control) {
        return "<?xml version=\"1.0\"?><root xmlns=\"urn:schemas-upnp-org:device-1-0\"><device><deviceType>"
                + "urn:schemas-upnp-org:device:InternetGatewayDevice:" + ways.igd + "</deviceType><manufacturer>Lab"
                + "</manufacturer><modelName>Fake Gateway</modelName><deviceList><device><serviceList>"
                + (ways.otherServiceFirst.isPresent() ? service(OTHER_CONTROL) : "") + service(control)
                + "</serviceList></device></deviceList></device></root>";
    }

    private String service(String control) {
        return "<service>"
                + "<serviceType>urn:schemas-upnp-org:service:WANIPConnection:" + ways.igd + "</serviceType><controlURL>"
                + control
                + "</controlURL><eventSubURL>/events</eventSubURL></service>";
    }

    private byte[] actOther(String action) {
        return switch (action) {
            case "GetStatusInfo" ->
                done(
                        action,
                        "<NewConnectionStatus>"
                                + ways.otherServiceFirst.orElseThrow().status() + "</NewConnectionStatus>");
            case "GetExternalIPAddress" ->
                done(
                        action,
                        "<NewExternalIPAddress>"
                                + ways.otherServiceFirst.orElseThrow().external() + "</NewExternalIPAddress>");
            default -> fault(INVALID_ACTION);
        };
    }

    private byte[] act(String action, Request request) {
        return switch (action) {
            case "GetStatusInfo" -> done(action, "<NewConnectionStatus>Connected</NewConnectionStatus>");
            case "GetExternalIPAddress" ->
                done(action, "<NewExternalIPAddress>" + ways.external + "</NewExternalIPAddress>");
            case "AddPortMapping", "AddAnyPortMapping" -> add(action, request.body());
            case "GetSpecificPortMappingEntry" ->
                table.at(number(request.body(), "NewExternalPort"))
                        .map(entry -> done(
                                action,
                                "<NewInternalPort>" + entry.internal() + "</NewInternalPort><NewInternalClient>"
                                        + entry.client() + "</NewInternalClient><NewEnabled>1</NewEnabled>"
                                        + "<NewPortMappingDescription>" + entry.description()
                                        + "</NewPortMappingDescription><NewLeaseDuration>" + left(entry)
                                        + "</NewLeaseDuration>"))
                        .orElseGet(() -> fault(NO_SUCH_ENTRY));
            case "DeletePortMapping" ->
                table.remove(number(request.body(), "NewExternalPort")) ? done(action, "") : fault(NO_SUCH_ENTRY);
            default -> fault(INVALID_ACTION);
        };
    }

    private static long left(PortTable.Entry entry) {
        return entry.until() == Long.MAX_VALUE ? 0 : Math.max(1, (entry.until() - entry.grantedAt()) / 1_000_000_000L);
    }

    private byte[] add(String action, String body) {
        int external = number(body, "NewExternalPort");
        long seconds = number(body, "NewLeaseDuration");
        String client = text(body, "NewInternalClient");
        boolean any = action.equals("AddAnyPortMapping");
        var there = table.at(external);
        if (ways.upnpError.isPresent()) {
            return fault(ways.upnpError.getAsInt());
        }
        if (any && ways.igd == 1) {
            return fault(INVALID_ACTION);
        }
        if (ways.permanentOnly && seconds != 0) {
            return fault(ONLY_PERMANENT);
        }
        if (!any && there.isPresent() && !there.get().client().equals(client)) {
            return fault(CONFLICT);
        }
        long lease = seconds == 0 || ways.leaseSeconds == 0 ? seconds : ways.leaseSeconds;
        int protocol = text(body, "NewProtocol").equals("UDP") ? 17 : 6;
        String description = ways.describes.orElseGet(() -> text(body, "NewPortMappingDescription"));
        int port =
                table.add(Speech.UPNP, protocol, external, client, number(body, "NewInternalPort"), lease, description);
        return done(action, any ? "<NewReservedPort>" + port + "</NewReservedPort>" : "");
    }

    private static String text(String body, String name) {
        int from = body.indexOf("<" + name + ">");
        int to = body.indexOf("</" + name + ">");
        return from < 0 || to < from ? "" : body.substring(from + name.length() + 2, to);
    }

    private static int number(String body, String name) {
        String text = text(body, name);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    private static byte[] done(String action, String inner) {
        return ok(
                "<?xml version=\"1.0\"?>\r\n<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><u:"
                        + action + "Response xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">" + inner
                        + "</u:"
                        + action + "Response></s:Body></s:Envelope>",
                "text/xml");
    }

    private static byte[] fault(int code) {
        return error(
                500,
                "Internal Server Error",
                "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault><faultcode>s:Client"
                        + "</faultcode><faultstring>UPnPError</faultstring><detail><UPnPError><errorCode>" + code
                        + "</errorCode><errorDescription>No</errorDescription></UPnPError></detail></s:Fault></s:Body>"
                        + "</s:Envelope>");
    }

    static byte[] ok(String body, String type) {
        return bytes("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n" + body);
    }

    private static byte[] error(int status, String words, String body) {
        return bytes("HTTP/1.1 " + status + " " + words + "\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\nConnection: close\r\n\r\n" + body);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** How headers are looked up. */
    static String folded(String header) {
        return header.strip().toLowerCase(Locale.ROOT);
    }
}
