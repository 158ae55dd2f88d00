package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.ip.IpFamily;
import dev.reroam.linux.wireguard.DeviceAssembly;
import dev.reroam.linux.wireguard.WireGuardDevice;
import dev.reroam.linux.wireguard.WireGuardKey;
import dev.reroam.tunnel.wireguard.UapiSyntaxException.Reason;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * Reads the answers of one daemon: {@code key=value} lines, {@code errno=N}, an empty line. Confined to one thread; used again
 * for each answer.
 *
 * <p>Every byte that was read is overwritten with zero at once, and lines with a private or preshared key are never copied out
 * of the buffer that they came in; {@link UapiSecrets} makes the public key of the private one, for the protocol tells no
 * other. Keys that we do not know are passed over: amneziawg-go has more of them, and a later WireGuard may.
 */
final class UapiReader {

    // The longest legitimate line is a key: 14 letters, '=', 64 digits. Ours: generous.
    static final int MAX_LINE = 1024;
    // Ours: some 20,000 peers of 800 bytes.
    private static final long MAX_ANSWER = 16L << 20;
    // linux/err.h MAX_ERRNO
    private static final int MAX_ERRNO = 4095;
    private static final byte[] ZEROS = new byte[4096];

    // Eight bytes at a time: a byte of w ^ NEWLINES is zero exactly where w has a newline.
    private static final long NEWLINES = 0x0a0a_0a0a_0a0a_0a0aL;
    private static final long LOW_BITS = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;

    private final DeviceAssembly assembly = new DeviceAssembly();
    private final AddressText address = new AddressText();
    private final UapiSecrets secrets;
    // The line being read, unless it is a secret.
    private final byte[] text = new byte[MAX_LINE];

    private int line;
    private long bytes;
    private boolean inPeer;
    private boolean errnoTold;
    private boolean complete;
    private int errno;
    private boolean tellsOwnPublicKey;

    UapiReader(RandomGenerator random) {
        secrets = new UapiSecrets(random);
    }

    /** A new answer begins; one that was not finished is forgotten. */
    void begin() {
        assembly.begin();
        line = 0;
        bytes = 0;
        inPeer = false;
        errnoTold = false;
        complete = false;
        errno = 0;
        tellsOwnPublicKey = false;
    }

    /**
     * Reads the whole lines between position and limit, moves the position behind them, and clears what it read.
     *
     * @param in little-endian
     * @return whether the answer is complete
     * @throws UapiSyntaxException at the first thing that is wrong; the whole buffer is cleared, and the answer is to be given
     *     up
     */
    boolean read(ByteBuffer in) throws UapiSyntaxException {
        int start = in.position();
        int from = start;
        try {
            for (int end = newline(in, from); end >= 0; end = newline(in, from)) {
                line++;
                onLine(in, from, end);
                from = end + 1;
            }
            if (in.limit() - from > MAX_LINE) {
                throw wrong(Reason.LINE_TOO_LONG);
            }
            bytes += from - start;
            if (bytes > MAX_ANSWER) {
                throw wrong(Reason.ANSWER_TOO_LONG);
            }
            if (complete && from != in.limit()) {
                throw wrong(Reason.TRAILING_BYTES);
            }
        } catch (UapiSyntaxException e) {
            from = in.limit();
            throw e;
        } finally {
            in.position(from);
            clear(in, start, from);
        }
        return complete;
    }

    /** What the daemon said of the request: 0, or an errno (positive). */
    int errno() {
        return errno;
    }

    /** Whether the daemon told {@code own_public_key}, as only boringtun does. */
    boolean tellsOwnPublicKey() {
        return tellsOwnPublicKey;
    }

    /** The device of a complete answer. */
    WireGuardDevice device(int interfaceIndex, String name) {
        return assembly.finish(interfaceIndex, name);
    }

    /** Overwrites [from, to) with zeros. */
    static void clear(ByteBuffer buffer, int from, int to) {
        for (int at = from; at < to; at += ZEROS.length) {
            buffer.put(at, ZEROS, 0, Math.min(ZEROS.length, to - at));
        }
    }

    /** Where the next newline is, or -1. */
    private static int newline(ByteBuffer in, int from) {
        if (in.order() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalArgumentException("a little-endian buffer is needed");
        }
        int at = from;
        for (; at + Long.BYTES <= in.limit(); at += Long.BYTES) {
            long word = in.getLong(at) ^ NEWLINES;
            long zeros = (word - LOW_BITS) & ~word & HIGH_BITS;
            if (zeros != 0) {
                // The lowest mark is right; those above may be borrowed ones.
                return at + (Long.numberOfTrailingZeros(zeros) >>> 3);
            }
        }
        for (; at < in.limit(); at++) {
            if (in.get(at) == '\n') {
                return at;
            }
        }
        return -1;
    }

    private void onLine(ByteBuffer in, int from, int to) throws UapiSyntaxException {
        if (complete) {
            throw wrong(Reason.TRAILING_BYTES);
        }
        if (from == to) {
            if (!errnoTold) {
                throw wrong(Reason.NO_ERRNO);
            }
            complete = true;
            return;
        }
        if (UapiSecrets.isSecret(in, from, to)) {
            if (UapiSecrets.isPrivateKey(in, from, to)) {
                var publicHalf = secrets.publicHalf(in, from, to);
                assembly.publicKey(publicHalf.orElseThrow(() -> wrong(Reason.BAD_VALUE, UapiKey.PRIVATE_KEY)));
            }
            return;
        }
        int length = to - from;
        if (length > MAX_LINE) {
            throw wrong(Reason.LINE_TOO_LONG);
        }
        in.get(from, text, 0, length);
        onText(length);
    }

    private void onText(int length) throws UapiSyntaxException {
        int equals = 0;
        while (equals < length && text[equals] != '=') {
            equals++;
        }
        if (equals == length) {
            throw wrong(Reason.NO_EQUALS_SIGN);
        }
        var key = UapiKey.of(text, equals);
        if (key.ofPeer()) {
            requirePeer(key);
        }
        if (!onValue(key, equals + 1, length)) {
            throw wrong(Reason.BAD_VALUE, key);
        }
    }

    private boolean onValue(UapiKey key, int from, int to) throws UapiSyntaxException {
        long number = key.isNumber() ? decimal(from, to, key.max()) : 0;
        if (number < 0) {
            return false;
        }
        switch (key) {
            case LISTEN_PORT -> assembly.listenPort((int) number);
            case FWMARK -> assembly.mark((int) number);
            case LAST_HANDSHAKE_TIME_SEC -> assembly.handshakeSeconds(number);
            case LAST_HANDSHAKE_TIME_NSEC -> assembly.handshakeNanos((int) number);
            case TX_BYTES -> assembly.sent(number);
            case RX_BYTES -> assembly.received(number);
            case PERSISTENT_KEEPALIVE_INTERVAL -> assembly.keepalive((int) number);
            case OWN_PUBLIC_KEY -> {
                return onOwnPublicKey(from, to);
            }
            case PUBLIC_KEY -> {
                return onPublicKey(from, to);
            }
            case ENDPOINT -> {
                return onEndpoint(from, to);
            }
            case ALLOWED_IP -> {
                return onAllowedIp(from, to);
            }
            case ERRNO -> {
                return onErrno(from, to);
            }
            case PRIVATE_KEY, PRESHARED_KEY, UNKNOWN -> {
                // Secrets never come here; what we do not know is not looked at.
            }
        }
        return true;
    }

    private boolean onErrno(int from, int to) {
        boolean negative = from < to && text[from] == '-';
        long number = decimal(negative ? from + 1 : from, to, MAX_ERRNO);
        errno = (int) number;
        errnoTold = number >= 0;
        return errnoTold;
    }

    private boolean onOwnPublicKey(int from, int to) {
        tellsOwnPublicKey = true;
        if (!isKey(from, to)) {
            return false;
        }
        assembly.publicKey(key(from));
        return true;
    }

    private boolean onPublicKey(int from, int to) throws UapiSyntaxException {
        if (!isKey(from, to)) {
            return false;
        }
        if (!assembly.peer(key(from))) {
            throw wrong(Reason.TOO_MANY_PEERS, UapiKey.PUBLIC_KEY);
        }
        inPeer = true;
        return true;
    }

    private boolean onEndpoint(int from, int to) {
        int colon = to - 1;
        while (colon >= from && text[colon] != ':') {
            colon--;
        }
        long port = decimal(colon + 1, to, 0xffff);
        if (colon <= from || port < 0) {
            return false;
        }
        boolean bracketed = text[from] == '[' && text[colon - 1] == ']';
        int first = bracketed ? from + 1 : from;
        int last = bracketed ? colon - 1 : colon;
        for (int i = first; i < last; i++) {
            if (text[i] == '%') {
                // An address on one link only: no uplink leads there, see WireGuardPeer.
                return true;
            }
        }
        if (!address.read(text, first, last) || (address.family() == IpFamily.V6) != bracketed) {
            return false;
        }
        assembly.endpoint(address.family(), address.high(), address.low(), (int) port);
        return true;
    }

    private boolean onAllowedIp(int from, int to) {
        int slash = to - 1;
        while (slash > from && text[slash] != '/') {
            slash--;
        }
        if (!address.read(text, from, slash)) {
            return false;
        }
        long length = decimal(slash + 1, to, address.family().bits());
        if (length < 0) {
            return false;
        }
        assembly.allowedIp(address.family(), address.high(), address.low(), (int) length);
        return true;
    }

    /** The number in [from, to), or -1 when it is none or above {@code max}. */
    private long decimal(int from, int to, long max) {
        if (from >= to) {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9 || value > (max - digit) / 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private boolean isKey(int from, int to) {
        boolean digits = to - from == 2 * WireGuardKey.LENGTH;
        for (int i = from; digits && i < to; i++) {
            digits = UapiSecrets.digit(text[i]) >= 0;
        }
        return digits;
    }

    private WireGuardKey key(int from) {
        return new WireGuardKey(hexLong(from), hexLong(from + 16), hexLong(from + 32), hexLong(from + 48));
    }

    private long hexLong(int from) {
        long value = 0;
        for (int i = from; i < from + 16; i++) {
            value = value << 4 | UapiSecrets.digit(text[i]);
        }
        return value;
    }

    private void requirePeer(UapiKey key) throws UapiSyntaxException {
        if (!inPeer) {
            throw wrong(Reason.NOT_IN_A_PEER, key);
        }
    }

    private UapiSyntaxException wrong(Reason reason) {
        return new UapiSyntaxException(reason, line, "");
    }

    private UapiSyntaxException wrong(Reason reason, UapiKey key) {
        return new UapiSyntaxException(reason, line, key.text());
    }
}
