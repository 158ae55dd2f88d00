package dev.reroam.linux.ip;

/**
 * An address and a UDP or TCP port. Immutable.
 *
 * @param port 0 to 65535
 */
public record Endpoint(IpAddress address, int port) {

    public Endpoint {
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port);
        }
    }

    /**
     * Reads {@code 192.0.2.1:51820} or {@code [2001:db8::1]:51820}.
     *
     * @throws IllegalArgumentException with the text in its message
     */
    public static Endpoint parse(String text) {
        int colon = text.lastIndexOf(':');
        String port = text.substring(colon + 1);
        if (colon < 0 || !port.matches("\\d{1,5}")) {
            throw new IllegalArgumentException("not an endpoint: '" + text + "'");
        }
        String address = text.substring(0, colon);
        boolean bracketed = address.startsWith("[") && address.endsWith("]");
        if (!bracketed && address.indexOf(':') >= 0) {
            throw new IllegalArgumentException("an IPv6 endpoint needs brackets: '" + text + "'");
        }
        return new Endpoint(
                IpAddress.parse(bracketed ? address.substring(1, address.length() - 1) : address),
                Integer.parseInt(port));
    }

    @Override
    public String toString() {
        return address.family() == IpFamily.V4 ? address + ":" + port : "[" + address + "]:" + port;
    }
}
