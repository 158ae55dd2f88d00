package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.stun.Outcome.Answered;
import dev.reroam.stun.Probe.Role;
import dev.reroam.stun.StunAttribute.ChangeRequest;
import dev.reroam.stun.StunEffect.Finished;
import dev.reroam.stun.StunEffect.Send;
import dev.reroam.stun.StunEvent.Asked;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Behaviour discovery on one uplink and family (RFC 5780). Immutable; pure.
 *
 * <p>First every server is asked from the mapping socket. The first that answers and has a second address gets the tests
 * of RFC 5780, all at once, so that they take one round trip and, behind a filter, one silence: three more from the
 * mapping socket, and three from the filtering socket, which has sent to nobody yet and never sends but to that one address
 * and port. The first answer of any server that shows a translation has our own mapped address asked too. When those say nothing about filtering, because the second address is not
 * reachable for anybody, the next server that has one gets its turn on the same socket: it is as fresh for that server.
 *
 * @param round how many servers had their turn
 */
record Discovery(Plan plan, Transactions transactions, List<Probe> probes, int round) implements Inquiry<Discovery> {

    /** The socket of the mapping tests: sends to all addresses. */
    static final int MAPPING_SOCKET = 0;
    /** The socket of the filtering tests. */
    static final int FILTERING_SOCKET = 1;

    /** How many servers with two addresses get their turn. */
    static final int MAX_ROUNDS = 2;
    /** How many servers are asked. */
    static final int MAX_SERVERS = 8;
    /** Questions of a turn. */
    static final int PROBES_OF_A_ROUND = 6;
    /** How many servers are asked once more because their first answer took long. */
    static final int MAX_PACES = MAX_ROUNDS + 1;
    /** How many transaction ids are enough for any discovery. */
    static final int IDS = MAX_SERVERS + MAX_ROUNDS * PROBES_OF_A_ROUND + MAX_PACES + 1;

    // Ours: the first packet of a flow waits for neighbours, radios and caches, and its answer for a program that is
    // just
    // starting; silence is measured in round trips, so one more round trip is cheaper than those of such a first one.
    private static final long SLOW = TimeUnit.MILLISECONDS.toNanos(40);

    // A lost answer must not look like a filter: 4 requests where an answer is expected; 3 where silence is usual and
    // decides how long it all takes.
    private static final int REQUESTS_TO_BE_ANSWERED = 4;
    private static final int REQUESTS_INTO_SILENCE = 3;
    private static final int REQUESTS_FOR_PACE = 2;

    /**
     * What is asked.
     *
     * @param servers of one family, each once, at most {@link #MAX_SERVERS}
     * @param mappingLocal our own address and port of the mapping socket
     * @param filteringLocal of the filtering socket, whose port must be fresh
     * @param schedule of the first questions
     * @param ids {@link #IDS} of them, all different and unguessable
     */
    record Plan(
            List<Endpoint> servers,
            Endpoint mappingLocal,
            Endpoint filteringLocal,
            Schedule schedule,
            List<TransactionId> ids) {
        Plan {
            servers = servers.stream().distinct().toList();
            ids = ids.stream().distinct().toList();
            if (servers.size() > MAX_SERVERS || ids.size() != IDS) {
                throw new IllegalArgumentException(servers.size() + " servers and " + ids.size() + " ids");
            }
        }
    }

    Discovery {
        probes = List.copyOf(probes);
    }

    /** Begins. */
    static Progress<Discovery> start(Plan plan, long now) {
        var turn = new Turn(new Discovery(plan, Transactions.NONE, List.of(), 0), now);
        for (Endpoint server : plan.servers()) {
            turn.ask(Role.PLAIN, id -> Ask.plain(id, MAPPING_SOCKET, server, plan.schedule()));
        }
        return turn.end();
    }

    @Override
    public Progress<Discovery> after(StunEvent event, long now) {
        var turn = new Turn(this, now);
        turn.take(event);
        return turn.end();
    }

    @Override
    public OptionalLong dueAt() {
        return transactions.dueAt();
    }

    @Override
    public boolean isFinished() {
        return transactions.open().isEmpty();
    }

    /** What is known by now. */
    NatBehaviour behaviour() {
        return Verdict.of(this);
    }

    /** What came of the question to a server, once something has. */
    Optional<Outcome> outcome(Endpoint server) {
        return probes.stream()
                .filter(probe ->
                        probe.role() == Role.PLAIN && probe.ask().server().equals(server))
                .findFirst()
                .flatMap(Probe::outcome);
    }

    /** The servers that could get a turn, in the order in which they had it and would have it. */
    List<Answered> candidates() {
        return probes.stream()
                .filter(probe -> probe.role() == Role.PLAIN)
                .flatMap(probe -> probe.answer().stream())
                .filter(Discovery::hasTwoAddresses)
                .sorted((a, b) -> Long.compare(a.roundTripNanos(), b.roundTripNanos()))
                .toList();
    }

    /** RFC 5780 section 7.4: both are another; a server behind a NAT of its own may say anything. */
    private static boolean hasTwoAddresses(Answered answer) {
        return answer.otherAddress()
                .filter(other ->
                        other.address().family() == answer.from().address().family()
                                && !other.address().equals(answer.from().address())
                                && other.port() != answer.from().port()
                                && other.port() != 0)
                .isPresent();
    }

    /** One step in the making. */
    private static final class Turn {

        private final Plan plan;
        private final long now;
        private Transactions transactions;
        private final List<Probe> probes;
        private int round;
        private final List<Send> sends = new ArrayList<>();

        Turn(Discovery state, long now) {
            plan = state.plan();
            transactions = state.transactions();
            probes = new ArrayList<>(state.probes());
            round = state.round();
            this.now = now;
        }

        interface Question {
            Ask under(TransactionId id);
        }

        void ask(Role role, Question question) {
            Ask ask = question.under(plan.ids().get(probes.size()));
            probes.add(new Probe(role, ask, Optional.empty()));
            take(new Asked(ask));
        }

        void take(StunEvent event) {
            var step = Transactions.step(transactions, event, now);
            transactions = step.state();
            for (StunEffect effect : step.effects()) {
                switch (effect) {
                    case Send send -> sends.add(send);
                    case Finished(Ask ask, Outcome outcome) ->
                        probes.replaceAll(probe -> probe.ask().equals(ask) ? probe.finished(outcome) : probe);
                }
            }
        }

        Progress<Discovery> end() {
            hairpin();
            nextServer();
            return new Progress<>(state(), sends);
        }

        private Discovery state() {
            return new Discovery(plan, transactions, probes, round);
        }

        /** Gives the next server its turn: the first as soon as there is one, a further one when that is of use. */
        private void nextServer() {
            var state = state();
            boolean isDone = round > 0
                    && (!state.isFinished() || state.behaviour().filtering() != NatBehaviour.Filtering.UNKNOWN);
            if (isDone || round == MAX_ROUNDS) {
                return;
            }
            var asked = probes.stream()
                    .filter(probe -> probe.role() == Role.FILTER_PLAIN)
                    .map(probe -> probe.ask().server())
                    .toList();
            state.candidates().stream()
                    .filter(answer -> !asked.contains(answer.from()))
                    .findFirst()
                    .ifPresent(first -> roundTrip(first).ifPresent(nanos -> test(first, nanos)));
        }

        /** The server's, for waiting; empty as long as it is asked once more. */
        private OptionalLong roundTrip(Answered first) {
            long took = first.roundTripNanos();
            var paces =
                    probes.stream().filter(probe -> probe.role() == Role.PACE).toList();
            var again = paces.stream()
                    .filter(probe -> probe.ask().server().equals(first.from()))
                    .findFirst();
            if (again.isPresent()) {
                long better = again.get().answer().map(Answered::roundTripNanos).orElse(took);
                return again.get().outcome().isEmpty() ? OptionalLong.empty() : OptionalLong.of(Math.min(took, better));
            }
            if (took <= SLOW || paces.size() == MAX_PACES) {
                return OptionalLong.of(took);
            }
            var schedule = Schedule.after(took, REQUESTS_FOR_PACE);
            ask(Role.PACE, id -> Ask.plain(id, MAPPING_SOCKET, first.from(), schedule));
            return OptionalLong.empty();
        }

        private void test(Answered first, long roundTrip) {
            round++;
            Endpoint server = first.from();
            Endpoint other = first.otherAddress().orElseThrow();
            var otherAddress = new Endpoint(other.address(), server.port());
            var otherPort = new Endpoint(server.address(), other.port());
            var answered = Schedule.after(roundTrip, REQUESTS_TO_BE_ANSWERED);
            var silent = Schedule.after(roundTrip, REQUESTS_INTO_SILENCE);
            ask(Role.OTHER_ADDRESS, id -> Ask.plain(id, MAPPING_SOCKET, otherAddress, answered));
            ask(Role.OTHER_ADDRESS_AND_PORT, id -> Ask.plain(id, MAPPING_SOCKET, other, answered));
            ask(Role.OTHER_PORT, id -> Ask.plain(id, MAPPING_SOCKET, otherPort, answered));
            ask(Role.FILTER_PLAIN, id -> Ask.plain(id, FILTERING_SOCKET, server, answered));
            var both = new ChangeRequest(true, true);
            ask(Role.CHANGE_ADDRESS_AND_PORT, id -> Ask.changed(id, FILTERING_SOCKET, server, both, other, silent));
            var port = new ChangeRequest(false, true);
            ask(Role.CHANGE_PORT, id -> Ask.changed(id, FILTERING_SOCKET, server, port, otherPort, silent));
        }

        /** Needs no server but for our mapped address; asked once. */
        private void hairpin() {
            if (probes.stream().anyMatch(probe -> probe.role() == Role.HAIRPIN)) {
                return;
            }
            probes.stream()
                    .filter(probe -> probe.role() == Role.PLAIN)
                    .flatMap(probe -> probe.answer().stream())
                    .filter(answer -> !answer.mapped().equals(plan.mappingLocal())
                            && answer.mapped().port() != 0)
                    .findFirst()
                    .ifPresent(answer -> roundTrip(answer).ifPresent(nanos -> {
                        var silent = Schedule.after(nanos, REQUESTS_INTO_SILENCE);
                        ask(Role.HAIRPIN, id -> Ask.hairpin(id, MAPPING_SOCKET, answer.mapped(), silent));
                    }));
        }
    }
}
