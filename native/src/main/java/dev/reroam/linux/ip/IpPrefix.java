package dev.reroam.linux.ip;

/**
 * A network such as 192.0.2.0/24. Immutable; the host bits are zero.
 *
 * @param length leading bits that count, 0 to {@link IpFamily#bits()}
 */
public record IpPrefix(IpAddress address, int length) {

    public IpPrefix {
        if (length < 0 || length > address.family().bits()) {
            throw new IllegalArgumentException("prefix length " + length + " of " + address);
        }
        address = address.masked(length);
    }

    /** The prefix that holds {@code address} alone. */
    public static IpPrefix host(IpAddress address) {
        return new IpPrefix(address, address.family().bits());
    }

    /** 0.0.0.0/0 or ::/0. */
    public static IpPrefix all(IpFamily family) {
        return new IpPrefix(family == IpFamily.V4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6, 0);
    }

    /**
     * Reads {@code ADDRESS/LENGTH}, or an address alone as a host prefix.
     *
     * @throws IllegalArgumentException with the text in its message
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return host(IpAddress.parse(text));
        }
        String length = text.substring(slash + 1);
        if (!length.matches("\\d{1,3}")) {
            throw new IllegalArgumentException("not a prefix: '" + text + "'");
        }
        return new IpPrefix(IpAddress.parse(text.substring(0, slash)), Integer.parseInt(length));
    }

    /** The address family of the prefix. */
    public IpFamily family() {
        return address.family();
    }

    /** Whether this is a /32 or /128. */
    public boolean isHost() {
        return length == address.family().bits();
    }

    /** Whether {@code other} lies inside. */
    public boolean contains(IpAddress other) {
        return other.family() == family() && other.masked(length).equals(address);
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}
