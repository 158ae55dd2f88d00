package dev.reroam.portmap.gateway;

import java.util.Map;

/**
 * One request to the gateway itself, on a fresh connection. Immutable.
 *
 * @param port of the gateway
 * @param path with the query, beginning with a slash
 * @param headers beyond Host, Connection and Content-Length
 * @param body empty for none; UTF-8 on the wire
 */
public record HttpRequest(String method, int port, String path, Map<String, String> headers, String body) {

    public HttpRequest {
        headers = Map.copyOf(headers);
        if (port < 1 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port);
        }
        if (!path.startsWith("/") || !path.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("path '" + path + "'");
        }
    }
}
