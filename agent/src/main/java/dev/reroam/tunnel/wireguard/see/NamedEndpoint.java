package dev.reroam.tunnel.wireguard.see;

/**
 * Where a file of this box says that a peer is. Immutable.
 *
 * @param host a name, or an address
 * @param port 1 to 65535
 * @param where file and line, for people
 */
public record NamedEndpoint(String host, int port, String where) {}
