package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.ip.IpFamily;

/**
 * Reads address literals out of bytes without making an object, for dumps of a thousand peers. Mutable: holds the address
 * read last. Confined to one thread.
 */
final class AddressText {

    private static final int GROUPS = 8;

    private IpFamily family = IpFamily.V4;
    private long high;
    private long low;
    private final int[] groups = new int[GROUPS];

    IpFamily family() {
        return family;
    }

    long high() {
        return high;
    }

    long low() {
        return low;
    }

    /** Reads the literal that fills [from, to); false when it is none. A zone ({@code %eth0}) is none. */
    boolean read(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == ':') {
                return readV6(text, from, to);
            }
        }
        long bits = dotted(text, from, to);
        family = IpFamily.V4;
        high = 0;
        low = bits;
        return bits >= 0;
    }

    /** The 32 bits, or -1. */
    private static long dotted(byte[] text, int from, int to) {
        long bits = 0;
        int at = from;
        for (int i = 0; i < 4; i++) {
            int value = 0;
            int digits = 0;
            while (at < to && text[at] >= '0' && text[at] <= '9' && digits < 3) {
                value = value * 10 + text[at++] - '0';
                digits++;
            }
            if (digits == 0 || value > 255 || (i < 3 ? at >= to || text[at] != '.' : at != to)) {
                return -1;
            }
            at++;
            bits = bits << 8 | value;
        }
        return bits;
    }

    /** RFC 4291 section 2.2. */
    private boolean readV6(byte[] text, int from, int to) {
        int count = 0;
        int gap = -1;
        int at = from;
        if (to - from >= 2 && text[from] == ':') {
            if (text[from + 1] != ':') {
                return false;
            }
            gap = 0;
            at += 2;
        }
        while (at < to) {
            int end = at;
            int value = 0;
            while (end < to && end - at < 5 && Character.digit(text[end], 16) >= 0) {
                value = value << 4 | Character.digit(text[end], 16);
                end++;
            }
            if (end < to && text[end] == '.') {
                long bits = dotted(text, at, to);
                if (bits < 0 || count > GROUPS - 2) {
                    return false;
                }
                groups[count++] = (int) (bits >>> 16);
                groups[count++] = (int) (bits & 0xffff);
                return spread(count, gap);
            }
            if (end == at || end - at > 4 || count == GROUPS) {
                return false;
            }
            groups[count++] = value;
            at = end;
            if (at == to) {
                break;
            }
            if (text[at++] != ':' || at == to) {
                return false;
            }
            if (text[at] == ':') {
                if (gap >= 0) {
                    return false;
                }
                gap = count;
                at++;
            }
        }
        return spread(count, gap);
    }

    private boolean spread(int count, int gap) {
        if (gap < 0 ? count != GROUPS : count >= GROUPS) {
            return false;
        }
        family = IpFamily.V6;
        high = 0;
        low = 0;
        for (int i = 0; i < GROUPS; i++) {
            int behindGap = i - (GROUPS - count);
            int group = gap < 0 || i < gap ? groups[i] : behindGap >= gap ? groups[behindGap] : 0;
            if (i < 4) {
                high = high << 16 | group;
            } else {
                low = low << 16 | group;
            }
        }
        return true;
    }
}
