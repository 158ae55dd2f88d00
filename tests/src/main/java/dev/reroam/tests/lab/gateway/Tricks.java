package dev.reroam.tests.lab.gateway;

import static dev.reroam.tests.lab.gateway.UpnpDevice.bytes;
import static dev.reroam.tests.lab.gateway.UpnpDevice.ok;

import java.util.function.UnaryOperator;

/** What the first device of a gateway sends instead of a description. */
final class Tricks {

    private static final int HUGE_BYTES = 10_000_000;
    private static final int DEEP = 10_000;
    private static final int MANY = 200_000;
    private static final String CONTROL = "/good/control";

    private Tricks() {}

    /**
     * All bytes; none to say nothing and keep the connection.
     *
     * @param path that was asked for
     * @param good makes a good description with the given control address
     */
    static byte[] description(Trick trick, String path, UnaryOperator<String> good) {
        return switch (trick) {
            case NONE -> bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            case HUGE -> ok("<root>" + "<a>b</a>".repeat(HUGE_BYTES / 8) + "</root>", "text/xml");
            case DEEP -> ok("<a>".repeat(DEEP) + "</a>".repeat(DEEP), "text/xml");
            case DOCTYPE ->
                ok(
                        "<?xml version=\"1.0\"?><!DOCTYPE root SYSTEM \"http://192.168.77.1:5000/good.xml\">"
                                + good.apply(CONTROL),
                        "text/xml");
            case ENTITIES ->
                ok(
                        "<!DOCTYPE root [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">"
                                + "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\">]><root>&c;</root>",
                        "text/xml");
            case TRUNCATED -> {
                String whole = good.apply(CONTROL);
                yield ok(whole.substring(0, whole.length() / 2), "text/xml");
            }
            case SHORT -> bytes("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + good.apply(CONTROL));
            case WRONG_CHUNKS ->
                bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n" + good.apply(CONTROL)
                        + "\r\n-5\r\n\r\n");
            case HEADERS -> bytes("HTTP/1.1 200 OK\r\n" + "X-Header: y\r\n".repeat(MANY) + "\r\n");
            case REDIRECT_LOOP -> redirect(path.endsWith("x") ? UpnpDevice.BAD : UpnpDevice.BAD + "?x");
            case REDIRECT_AWAY -> redirect("http://192.168.77.9:5000/good.xml");
            case OTHER_HOST -> ok(good.apply("http://192.168.77.9:5000/good/control"), "text/xml");
            case OTHER_SCHEME -> ok(good.apply("https://192.168.77.1:5000/good/control"), "text/xml");
            case OTHER_ACTION -> ok(good.apply(UpnpDevice.BAD_CONTROL), "text/xml");
            case SILENCE -> new byte[0];
            case NO_HTTP -> bytes("220 mail.example ESMTP\r\n" + good.apply(CONTROL));
        };
    }

    private static byte[] redirect(String to) {
        return bytes("HTTP/1.1 302 Found\r\nLocation: " + to + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }
}
