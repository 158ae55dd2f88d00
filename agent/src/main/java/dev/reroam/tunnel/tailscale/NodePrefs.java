package dev.reroam.tunnel.tailscale;

import java.util.List;

/**
 * What tailscaled is meant to do: {@code GET /localapi/v0/prefs}, ipn/prefs.go {@code Prefs}. Immutable. Names no key.
 *
 * @param controlUrl of its control server; empty for Tailscale's own
 * @param routes that it leads others to, as prefixes
 * @param exitNode the id of the node that everything goes by; empty for none
 * @param dns it may set this machine's name servers
 */
public record NodePrefs(String controlUrl, List<String> routes, String exitNode, boolean dns) {

    /** ipn/prefs.go {@code DefaultControlURL}. */
    private static final String USUAL = "controlplane.tailscale.com";

    /** Ours: of more routes the first ones stand for all. */
    public static final int MOST_ROUTES = 64;

    public NodePrefs {
        routes = List.copyOf(routes);
    }

    /** The name or address of its control server. */
    public String controlHost() {
        int scheme = controlUrl.indexOf("://");
        String rest = scheme < 0 ? controlUrl : controlUrl.substring(scheme + 3);
        int path = rest.indexOf('/');
        String authority = path < 0 ? rest : rest.substring(0, path);
        if (authority.startsWith("[")) {
            int end = authority.indexOf(']');
            return end < 0 ? USUAL : authority.substring(1, end);
        }
        int port = authority.indexOf(':');
        String host = port < 0 ? authority : authority.substring(0, port);
        return host.isEmpty() ? USUAL : host;
    }
}
