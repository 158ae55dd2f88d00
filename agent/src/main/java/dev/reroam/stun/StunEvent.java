package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.libc.Errno;

/** What happens to {@link Transactions}. */
sealed interface StunEvent {

    /** Somebody wants to know. */
    record Asked(Ask ask) implements StunEvent {}

    /** A STUN message arrived at one of our sockets. */
    record Received(int socket, Endpoint from, StunMessage message) implements StunEvent {}

    /** Something else arrived. */
    record Garbled() implements StunEvent {}

    /** The kernel did not take a request. */
    record NotSent(TransactionId id, Errno why) implements StunEvent {}

    /** Time has passed. */
    record TimePassed() implements StunEvent {}

    /** Nobody wants to know any more. */
    record Forgotten(TransactionId id) implements StunEvent {}
}
