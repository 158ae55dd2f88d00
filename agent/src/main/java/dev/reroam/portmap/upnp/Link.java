package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where on the gateway something is. Immutable. Holds no host: nobody but the gateway is asked.
 *
 * @param namedHost the host as the gateway wrote it, to recognise it in its other links
 * @param path with the query, beginning with a slash
 */
public record Link(String namedHost, int port, String path) {

    private static final int LONGEST = 1024;
    private static final int HTTP_PORT = 80;
    private static final Pattern ABSOLUTE = Pattern.compile(
            "http://([0-9A-Za-z.\\-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(?::(\\d{1,5}))?(/[!-~]*)?",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.\\-]*:.*");

    public Link {
        if (port < 1 || port > 0xffff || !path.startsWith("/")) {
            throw new IllegalArgumentException(port + path);
        }
    }

    /** An absolute address in http; empty for any other scheme and for what cannot be read. */
    public static Optional<Link> parse(String text) {
        Matcher matcher = ABSOLUTE.matcher(text);
        if (text.length() > LONGEST || !matcher.matches()) {
            return Optional.empty();
        }
        int port = matcher.group(2) == null ? HTTP_PORT : Integer.parseInt(matcher.group(2));
        if (port < 1 || port > 0xffff) {
            return Optional.empty();
        }
        return Optional.of(
                new Link(matcher.group(1), port, withoutFragment(matcher.group(3) == null ? "/" : matcher.group(3))));
    }

    /**
     * A reference in a document that came from here.
     *
     * @return empty when it names another scheme or another host than the gateway or this one, or cannot be read
     */
    public Optional<Link> resolve(String reference, IpAddress gateway) {
        if (reference.length() > LONGEST || !reference.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            return Optional.empty();
        }
        if (reference.startsWith("//")) {
            return resolve("http:" + reference, gateway);
        }
        if (SCHEME.matcher(reference).matches()) {
            return parse(reference)
                    .filter(link ->
                            link.namedHost.equalsIgnoreCase(namedHost) || link.namedHost.equals(gateway.toString()));
        }
        String absolute = reference.startsWith("/")
                ? reference
                : path.substring(0, withoutQuery(path).lastIndexOf('/') + 1) + reference;
        return Optional.of(new Link(namedHost, port, withoutFragment(absolute)));
    }

    private static String withoutQuery(String path) {
        int mark = path.indexOf('?');
        return mark < 0 ? path : path.substring(0, mark);
    }

    private static String withoutFragment(String path) {
        int mark = path.indexOf('#');
        return mark < 0 ? path : path.substring(0, mark);
    }
}
