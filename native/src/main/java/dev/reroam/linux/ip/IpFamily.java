package dev.reroam.linux.ip;

/** The two address families that tunnels run over. */
public enum IpFamily {
    /** IPv4: 32 bits, {@code AF_INET}. */
    V4(2, 32),
    /** IPv6: 128 bits, {@code AF_INET6}. */
    V6(10, 128);

    private final int number;
    private final int bits;

    IpFamily(int number, int bits) {
        this.number = number;
        this.bits = bits;
    }

    /** The kernel's number: linux/socket.h {@code AF_INET}, {@code AF_INET6}. */
    public int number() {
        return number;
    }

    /** Length of an address in bits. */
    public int bits() {
        return bits;
    }

    /** Length of an address in bytes. */
    public int bytes() {
        return bits / 8;
    }
}
