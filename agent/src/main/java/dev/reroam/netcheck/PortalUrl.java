package dev.reroam.netcheck;

import dev.reroam.linux.ip.IpAddress;
import java.util.Optional;

/**
 * A page that is empty for everybody: whoever gets something else is behind a captive portal. Immutable.
 *
 * @param host a name or an address literal, an IPv6 one without brackets
 * @param port 1 to 65535
 * @param path begins with a slash
 */
public record PortalUrl(String host, int port, String path) {

    /**
     * Asked where nothing else is wished for. The operator learns our public address and that somebody asked; its servers
     * are those that every Android phone asks.
     */
    public static final PortalUrl DEFAULT = parse("http://connectivitycheck.gstatic.com/generate_204");

    private static final String SCHEME = "http://";
    private static final int HTTP = 80;
    private static final int LONGEST = 500;

    public PortalUrl {
        boolean plain = (host + path).chars().allMatch(c -> c > ' ' && c < 0x7f);
        if (host.isEmpty() || !plain || !path.startsWith("/") || port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("not a page: host '" + host + "' port " + port + " path '" + path + "'");
        }
    }

    /**
     * Reads {@code http://host[:port][/path]}. Plain HTTP only: no portal can answer for a host under TLS.
     *
     * @throws IllegalArgumentException with the text in its message
     */
    public static PortalUrl parse(String text) {
        if (!text.startsWith(SCHEME) || text.length() > LONGEST) {
            throw new IllegalArgumentException("not a plain http:// address: '" + text + "'");
        }
        String rest = text.substring(SCHEME.length());
        int slash = rest.indexOf('/');
        String authority = slash < 0 ? rest : rest.substring(0, slash);
        String path = slash < 0 ? "/" : rest.substring(slash);
        int bracket = authority.startsWith("[") ? authority.indexOf(']') : 0;
        int colon = bracket < 0 ? -1 : authority.indexOf(':', bracket);
        String host = colon < 0 ? authority : authority.substring(0, colon);
        String port = colon < 0 ? "" + HTTP : authority.substring(colon + 1);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracket < 0 || !port.matches("\\d{1,5}") || host.indexOf('@') >= 0 || path.indexOf('#') >= 0) {
            throw new IllegalArgumentException("not a plain http:// address: '" + text + "'");
        }
        return new PortalUrl(bracketed ? host.substring(1, host.length() - 1) : host, Integer.parseInt(port), path);
    }

    /** The host where it is an address already. */
    Optional<IpAddress> address() {
        return Literals.of(host);
    }

    /** What the Host header says. */
    String authority() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + (port == HTTP ? "" : ":" + port);
    }

    @Override
    public String toString() {
        return SCHEME + authority() + path;
    }
}
