package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.netcheck.Question.Lookup;
import dev.reroam.netcheck.Question.Way;
import dev.reroam.stun.StunServer;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks up what is known. A view of the map, which may grow below it.
 *
 * @param asked each question with its answer, empty as long as it is open
 */
record Answers(Wish wish, Map<Question, Optional<Answer>> asked) {

    /** Whether nothing is open. */
    boolean isComplete() {
        return asked.values().stream().allMatch(Optional::isPresent);
    }

    boolean isAnswered(Question question) {
        return asked.getOrDefault(question, Optional.empty()).isPresent();
    }

    /** The answer to a question of this kind; empty while it is open, was not asked, or was answered otherwise. */
    <A extends Answer> Optional<A> answer(Question question, Class<A> kind) {
        return asked.getOrDefault(question, Optional.empty())
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    /** The questions of a kind over an uplink, in the order of asking. */
    <Q extends Question> List<Q> questions(Uplink uplink, Class<Q> kind) {
        return asked.keySet().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .filter(question -> question.uplink().equals(uplink))
                .toList();
    }

    /** The server's address in the uplink's family; empty when there is none, or none yet. */
    Optional<Endpoint> endpoint(Uplink uplink, StunServer server) {
        return endpoint(uplink, server.host(), server.port());
    }

    Optional<Endpoint> endpoint(Uplink uplink, String host, int port) {
        var literal = Literals.of(host);
        List<IpAddress> addresses = literal.isPresent()
                ? List.of(literal.get())
                : answer(new Lookup(uplink, host), Answer.Resolved.class)
                        .map(Answers::addresses)
                        .orElse(List.of());
        return addresses.stream()
                .filter(address -> address.family() == uplink.family())
                .findFirst()
                .map(address -> new Endpoint(address, port));
    }

    static List<IpAddress> addresses(Answer.Resolved answer) {
        return switch (answer.resolved()) {
            case Names.Resolved.Found found -> found.addresses();
            case Names.Resolved.None none -> List.of();
        };
    }

    /** Whether the kernel said that it leaves by the uplink. */
    boolean leads(Uplink uplink, Endpoint to, boolean tcp) {
        return answer(new Way(uplink, to, tcp), Answer.Leads.class)
                .filter(way -> way.obstacle().isEmpty())
                .isPresent();
    }

    /** The servers to which the way is confirmed, in the order of the wish. */
    List<Endpoint> confirmed(Uplink uplink) {
        return wish.servers().stream()
                .flatMap(server -> endpoint(uplink, server).stream())
                .filter(endpoint -> leads(uplink, endpoint, false))
                .distinct()
                .toList();
    }
}
