package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpFamily;
import dev.reroam.netcheck.Question.Gateway;
import dev.reroam.netcheck.Question.Latency;
import dev.reroam.netcheck.Question.Lookup;
import dev.reroam.netcheck.Question.Memory;
import dev.reroam.netcheck.Question.Mtu;
import dev.reroam.netcheck.Question.Nat;
import dev.reroam.netcheck.Question.Portal;
import dev.reroam.netcheck.Question.Way;
import dev.reroam.portmap.GatewayProbe;
import dev.reroam.stun.Outcome;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * What was asked so far and what came of it. Immutable; pure.
 *
 * <p>There is no order of work: after each event every question that can be asked by now, and was not, is asked. So a silent
 * server holds up nobody but itself, and time sets the bounds:
 *
 * <pre>
 * question            is asked once
 * lookup              at the start, of each name; IPv6 also of the name that shows a NAT64
 * gateway             as soon as the ways to addresses known at the start are, in each protocol of the family
 * way                 an address is known
 * latency             its way is confirmed; the next sample when the one before was answered
 * MTU                 one of the first two servers to answer twice did
 * NAT                 all servers' names are resolved or given up, or 500 ms have passed and a way is confirmed
 * portal              its way is confirmed
 * memory              wished for, everything else is answered, and a server with two addresses was found
 *
 * time                then
 * 300 ms              from now on the lookup for NAT64 is given up as soon as nothing else is open
 * 1 s                 open lookups are given up
 * 2.8 s               everything open is given up; nothing is asked any more, but for memory, which has no bound here
 * </pre>
 *
 * @param startedAt monotonic nanoseconds
 * @param mark how many of the moments have passed
 * @param asked in the order of asking, each with its answer
 */
record Netcheck(Wish wish, long startedAt, int mark, Map<Question, Optional<Answer>> asked) {

    /** What happens. */
    sealed interface Event {

        /** A question is answered. A second answer, or one to what nobody asked, changes nothing. */
        record Told(Question question, Answer answer) implements Event {}

        /** Nothing but that time has passed. */
        record TimePassed() implements Event {}
    }

    /** What is to be done. */
    sealed interface Effect {

        /** Ask; ends with {@link Event.Told}. */
        record Ask(Question question) implements Effect {}

        /** Stop asking, and tell what is known by now, at once. */
        record GiveUp(Question question) implements Effect {}
    }

    /** What is now, and what is to be done, in order. */
    record Progress(Netcheck state, List<Effect> effects) {
        Progress {
            effects = List.copyOf(effects);
        }
    }

    // Few networks have a NAT64, and where names are not asked for otherwise nobody may answer this one.
    private static final long NAT64_NOT_WORTH_WAITING = TimeUnit.MILLISECONDS.toNanos(300);
    // A name server that takes longer than this for one name would make all servers wait.
    private static final long SERVERS_WITHOUT_STRAGGLERS = TimeUnit.MILLISECONDS.toNanos(500);
    // Two lost packets at the resolver's own intervals.
    private static final long LOOKUPS_OVER = TimeUnit.SECONDS.toNanos(1);
    // Ours: the report comes within 3 s whatever happens; the rest of it is for giving up and for saying so.
    static final long ALL_OVER = TimeUnit.MILLISECONDS.toNanos(2800);
    private static final long[] MARKS = {NAT64_NOT_WORTH_WAITING, SERVERS_WITHOUT_STRAGGLERS, LOOKUPS_OVER, ALL_OVER};
    private static final int PAST_NAT64 = 1;
    private static final int PAST_STRAGGLERS = 2;
    private static final int PAST_LOOKUPS = 3;
    private static final int PAST_ALL = 4;

    /** The least of so many is the server's latency: the others waited for something on the way. */
    static final int SAMPLES = 3;

    private static final int MOST_MTU_SERVERS = 2;

    Netcheck {
        asked = Collections.unmodifiableMap(new LinkedHashMap<>(asked));
    }

    static Progress start(Wish wish, long now) {
        return new Turn(new Netcheck(wish, now, 0, Map.of())).end();
    }

    Progress step(Event event, long now) {
        var turn = new Turn(this);
        while (turn.mark < PAST_ALL && now - startedAt >= MARKS[turn.mark]) {
            turn.pass();
        }
        if (event instanceof Event.Told(Question question, Answer answer)) {
            turn.asked.computeIfPresent(question, (q, known) -> known.isPresent() ? known : Optional.of(answer));
        }
        return turn.end();
    }

    /** When {@link Event.TimePassed} is wanted; empty when only answers count any more. */
    OptionalLong dueAt() {
        return isFinished() || mark == PAST_ALL ? OptionalLong.empty() : OptionalLong.of(startedAt + MARKS[mark]);
    }

    /** Whether nothing is open, and so nothing more will be asked. */
    boolean isFinished() {
        return answers().isComplete();
    }

    /** What is known. */
    Answers answers() {
        return new Answers(wish, asked);
    }

    /** One step in the making. */
    private static final class Turn {

        private final Wish wish;
        private final long startedAt;
        private int mark;
        private final Map<Question, Optional<Answer>> asked;
        // Looks into the map as it grows.
        private final Answers known;
        private final List<Effect> effects = new ArrayList<>();

        Turn(Netcheck state) {
            wish = state.wish();
            startedAt = state.startedAt();
            mark = state.mark();
            asked = new LinkedHashMap<>(state.asked());
            known = new Answers(wish, asked);
        }

        Progress end() {
            if (mark < PAST_ALL) {
                // What waits for silence comes first, for that is what the whole waits for; the kernel says the way at
                // once.
                wish.uplinks().forEach(this::askServers);
                boolean waysKnown = wish.uplinks().stream().allMatch(target -> waysKnown(target.uplink()));
                if (waysKnown) {
                    wish.uplinks().forEach(target -> askOthers(target.uplink()));
                }
            }
            if (mark >= PAST_NAT64) {
                giveUpNat64();
            }
            if (wish.bindingLifetime() && known.isComplete()) {
                wish.uplinks().forEach(target -> askMemory(target.uplink()));
            }
            return new Progress(new Netcheck(wish, startedAt, mark, asked), effects);
        }

        private void giveUpNat64() {
            var open = asked.entrySet().stream()
                    .filter(entry -> entry.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .toList();
            boolean isAlone = open.stream()
                    .allMatch(question ->
                            question instanceof Lookup lookup && lookup.host().equals(Nat64.KNOWN_NAME));
            if (isAlone) {
                open.stream()
                        .map(Effect.GiveUp::new)
                        .filter(effect -> !effects.contains(effect))
                        .forEach(effects::add);
            }
        }

        /** The next moment has come. */
        void pass() {
            mark++;
            for (var entry : asked.entrySet()) {
                Question question = entry.getKey();
                boolean isOver = question instanceof Lookup ? mark == PAST_LOOKUPS : mark == PAST_ALL;
                if (entry.getValue().isEmpty() && isOver && !(question instanceof Memory)) {
                    effects.add(new Effect.GiveUp(question));
                }
            }
        }

        private void ask(Question question) {
            if (asked.putIfAbsent(question, Optional.empty()) == null) {
                effects.add(new Effect.Ask(question));
            }
        }

        private void askHost(Uplink uplink, String host, int port, boolean tcp) {
            if (Literals.of(host).isEmpty() && mark < PAST_LOOKUPS) {
                ask(new Lookup(uplink, host));
            }
            known.endpoint(uplink, host, port).ifPresent(endpoint -> ask(new Way(uplink, endpoint, tcp)));
        }

        private void askServers(Target target) {
            var uplink = target.uplink();
            wish.servers().forEach(server -> askHost(uplink, server.host(), server.port(), false));
            var servers = known.confirmed(uplink);
            servers.forEach(server -> askLatency(target, server));
            boolean complete = known.questions(uplink, Lookup.class).stream()
                    .filter(lookup -> wish.servers().stream()
                            .anyMatch(server -> server.host().equals(lookup.host())))
                    .allMatch(known::isAnswered);
            boolean isTime = (complete && waysKnown(uplink)) || mark >= PAST_STRAGGLERS;
            if (isTime
                    && !servers.isEmpty()
                    && known.questions(uplink, Nat.class).isEmpty()) {
                ask(new Nat(uplink, servers));
            }
        }

        private boolean waysKnown(Uplink uplink) {
            return known.questions(uplink, Way.class).stream().allMatch(known::isAnswered);
        }

        private void askLatency(Target target, Endpoint server) {
            var uplink = target.uplink();
            long least = Long.MAX_VALUE;
            for (int sample = 0; sample < SAMPLES; sample++) {
                var question = new Latency(uplink, server, sample);
                ask(question);
                var answered = known.answer(question, Answer.Came.class)
                        .map(Answer.Came::outcome)
                        .filter(Outcome.Answered.class::isInstance)
                        .map(Outcome.Answered.class::cast);
                if (answered.isEmpty()) {
                    return;
                }
                least = Math.min(least, answered.get().roundTripNanos());
                // The first answer may take long for reasons that are over then, and silence is measured by this.
                if (sample == 1) {
                    askMtu(target, server, least);
                }
            }
        }

        private void askMtu(Target target, Endpoint server, long roundTripNanos) {
            var mtu = known.questions(target.uplink(), Mtu.class);
            boolean isAsked = mtu.stream().anyMatch(one -> one.server().equals(server));
            if (!isAsked && mtu.size() < MOST_MTU_SERVERS) {
                ask(new Mtu(target.uplink(), server, target.mtuBytes(), roundTripNanos));
            }
        }

        private void askOthers(Uplink uplink) {
            if (uplink.gateway()
                    .filter(gateway -> gateway.family() == uplink.family())
                    .isPresent()) {
                GatewayProbe.protocols(uplink.family()).forEach(protocol -> ask(new Gateway(uplink, protocol)));
            }
            if (uplink.family() == IpFamily.V6 && mark < PAST_LOOKUPS) {
                ask(new Lookup(uplink, Nat64.KNOWN_NAME));
            }
            wish.portal().ifPresent(url -> {
                askHost(uplink, url.host(), url.port(), true);
                known.endpoint(uplink, url.host(), url.port())
                        .filter(endpoint -> known.leads(uplink, endpoint, true))
                        .ifPresent(endpoint -> ask(new Portal(uplink, endpoint, url)));
            });
        }

        private void askMemory(Uplink uplink) {
            known.questions(uplink, Nat.class).stream()
                    .flatMap(nat -> known.answer(nat, Answer.NatSeen.class).stream())
                    .flatMap(nat -> nat.discovered().behaviour().twoAddressServer().stream())
                    .findFirst()
                    .ifPresent(server -> ask(new Memory(uplink, server)));
        }
    }
}
