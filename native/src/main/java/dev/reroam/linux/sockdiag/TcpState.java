package dev.reroam.linux.sockdiag;

import java.util.Collection;
import java.util.Optional;

/** What a TCP socket does (RFC 9293 section 3.3.2), with the kernel's numbers: net/tcp_states.h. */
public enum TcpState {
    ESTABLISHED(1),
    SYN_SENT(2),
    SYN_RECEIVED(3),
    FIN_WAIT_1(4),
    FIN_WAIT_2(5),
    TIME_WAIT(6),
    CLOSED(7),
    CLOSE_WAIT(8),
    LAST_ACK(9),
    LISTEN(10),
    CLOSING(11),
    /** A request that a listener has not made a socket of yet. */
    NEW_SYN_RECEIVED(12);

    private static final TcpState[] ALL = values();

    private final int number;

    TcpState(int number) {
        this.number = number;
    }

    /** Empty for a number that this table does not have. */
    static Optional<TcpState> of(int number) {
        return number >= 1 && number <= ALL.length ? Optional.of(ALL[number - 1]) : Optional.empty();
    }

    /** The set as {@code idiag_states} wants it: one bit for each, at its number. */
    static int bits(Collection<TcpState> states) {
        int bits = 0;
        for (TcpState state : states) {
            bits |= 1 << state.number;
        }
        return bits;
    }
}
