package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.StunAttribute.ChangeRequest;
import dev.reroam.stun.StunAttribute.ResponsePort;
import java.util.List;

/**
 * One question: what is sent where, and what counts as its answer. Immutable.
 *
 * @param id drawn for this question alone
 * @param socket which of the caller's sockets sends it; the number means something to the caller alone
 * @param server where it is sent
 * @param answerFrom the only address and port from which an answer counts
 * @param answerAt the only socket at which an answer counts
 * @param loops whether the answer is the request itself, come back
 * @param attributes of the request
 */
record Ask(
        TransactionId id,
        int socket,
        Endpoint server,
        Endpoint answerFrom,
        int answerAt,
        boolean loops,
        List<StunAttribute> attributes,
        Schedule schedule) {

    Ask {
        attributes = List.copyOf(attributes);
        if (server.port() == 0) {
            throw new IllegalArgumentException("port 0 at " + server);
        }
    }

    /** What am I to this server? */
    static Ask plain(TransactionId id, int socket, Endpoint server, Schedule schedule) {
        return new Ask(id, socket, server, server, socket, false, List.of(), schedule);
    }

    /** The same, to be answered from another address or port (RFC 5780 section 4.4). */
    static Ask changed(
            TransactionId id, int socket, Endpoint server, ChangeRequest change, Endpoint from, Schedule schedule) {
        return new Ask(id, socket, server, from, socket, false, List.of(change), schedule);
    }

    /** Does what is sent to our own public address come back (RFC 5780 section 4.5)? */
    static Ask hairpin(TransactionId id, int socket, Endpoint mapped, Schedule schedule) {
        return new Ask(id, socket, mapped, mapped, socket, true, List.of(), schedule);
    }

    /** To be answered at the mapped port of another socket of ours (RFC 5780 section 4.6). */
    static Ask elsewhere(
            TransactionId id, int socket, Endpoint server, int mappedPort, int answerAt, Schedule schedule) {
        return new Ask(id, socket, server, server, answerAt, false, List.of(new ResponsePort(mappedPort)), schedule);
    }

    StunMessage request() {
        return new StunMessage(MessageClass.REQUEST, StunMessage.BINDING, id, attributes, true);
    }
}
