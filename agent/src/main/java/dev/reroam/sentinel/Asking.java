package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.SentinelEffect.Ask;
import dev.reroam.sentinel.SentinelEffect.Heard;
import dev.reroam.sentinel.SentinelEffect.PublicSeen;
import dev.reroam.sentinel.SentinelEffect.Unheard;
import dev.reroam.sentinel.Watch.Asked;
import dev.reroam.sentinel.Watch.Said;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One uplink's questions in one step: a {@link Watch} that can be changed. Confined to the step. */
final class Asking {

    /** Not the order of asking; only so that equal states take equal steps. */
    static final Comparator<Endpoint> SERVER_ORDER =
            Comparator.comparing(Endpoint::address).thenComparingInt(Endpoint::port);

    private static final long MINUTE = 60_000_000_000L;
    /** Ours: what comes later than this nobody waits for. */
    private static final long LATE = 10_000_000_000L;
    /** Packets of a question: the first, RFC 8489's repeat against loss, and one from a fresh port. */
    private static final int OLD_PACKETS = 2;
    /** Ours: so many from the watched port beside an answered fresh one are no chance, even at 20 % of loss. */
    private static final int STUCK_PACKETS = 5;
    /** Ours: two servers, each over both ports. */
    private static final int MOST_CONFIRMS = 4;

    private final Turn turn;
    private final SentinelConfig config;
    private final long now;
    private final Uplink uplink;
    private final Map<Endpoint, Said> said = new TreeMap<>(SERVER_ORDER);
    private final Map<Endpoint, Long> resting = new TreeMap<>(SERVER_ORDER);
    private final Map<Long, Asked> open = new TreeMap<>();
    private @Nullable RoundDraft round;
    private long port;
    private boolean portHeard;
    private boolean silent;
    private boolean wanted;
    private long startedAt;
    private long nextAt;
    private long hardFrom;
    private int next;
    private final List<Long> idleSent;
    private final List<Long> hardSent;
    private @Nullable Endpoint told;
    private long heardAt;
    private long packets;

    Asking(Turn turn, Uplink uplink, Watch watch) {
        this.turn = turn;
        this.uplink = uplink;
        config = turn.config;
        now = turn.now;
        said.putAll(watch.said());
        resting.putAll(watch.resting());
        watch.open().forEach((question, asked) -> {
            if (now - asked.at() < LATE) {
                open.put(question, asked);
            }
        });
        round = watch.round().map(RoundDraft::of).orElse(null);
        port = watch.port();
        portHeard = watch.portHeard();
        silent = watch.silent();
        wanted = watch.wanted();
        startedAt = watch.startedAt();
        nextAt = watch.nextAt();
        hardFrom = watch.hardFrom();
        next = watch.turn();
        idleSent = lastMinute(watch.idleSent());
        hardSent = lastMinute(watch.hardSent());
        told = watch.told().orElse(null);
        heardAt = watch.heardAt();
        packets = watch.packets();
    }

    static Asking first(Turn turn, Uplink uplink) {
        // Each uplink begins with another server.
        int begin = turn.below(1 << 16);
        return new Asking(
                turn,
                uplink,
                new Watch(
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Optional.empty(),
                        turn.port(),
                        false,
                        false,
                        false,
                        turn.now - turn.config.askSpacing(),
                        turn.now,
                        turn.now,
                        begin,
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Watch.NEVER,
                        0));
    }

    Watch freeze() {
        return new Watch(
                said,
                resting,
                open,
                Optional.ofNullable(round).map(RoundDraft::freeze),
                port,
                portHeard,
                silent,
                wanted,
                startedAt,
                nextAt,
                hardFrom,
                next,
                idleSent,
                hardSent,
                Optional.ofNullable(told),
                heardAt,
                packets);
    }

    private List<Long> lastMinute(List<Long> sent) {
        var kept = new ArrayList<Long>();
        sent.stream().filter(at -> now - at < MINUTE).forEach(kept::add);
        return kept;
    }

    boolean waitsFor(long question) {
        return open.containsKey(question);
    }

    void leave() {
        turn.leave(uplink, port);
        if (round != null) {
            turn.leave(uplink, round.fresh);
        }
    }

    void serversChanged() {
        List<Endpoint> servers = turn.servers(uplink.family());
        said.keySet().retainAll(servers);
        resting.keySet().retainAll(servers);
        if (!servers.isEmpty() && nextAt == Watch.NEVER) {
            nextAt = now;
        }
        if (round != null && (!servers.contains(round.server) || !servers.containsAll(round.differing.keySet()))) {
            wanted = true;
            end();
        }
    }

    /** The network changed: a question at once, but no more than one per {@link SentinelConfig#askSpacing()}. */
    void askSoon() {
        wanted = true;
        nextAt = Math.min(nextAt, Math.max(now, startedAt + config.askSpacing()));
    }

    /** A tunnel is suspect. */
    void askHard() {
        boolean suspects = round != null && (round.hard || round.suspects());
        if (now < hardFrom || suspects || config.every() == 0 || servers().isEmpty()) {
            return;
        }
        if (round != null) {
            turn.leave(uplink, round.fresh);
        }
        hardFrom = now + config.hardSpacing();
        begin(true);
    }

    /** Does what is due. */
    void run() {
        open.replaceAll((question, asked) -> {
            if (asked.patience() > now) {
                return asked;
            }
            turn.effect(new Unheard(uplink, asked.server(), asked.at()));
            return asked.told();
        });
        if (config.every() == 0) {
            nextAt = Watch.NEVER;
            return;
        }
        // Each turn of this wheel sends, ends a round, or moves an instant on: three a round at most come at once.
        while (round != null ? round.nextAt <= now : nextAt <= now) {
            if (round == null) {
                if (servers().isEmpty()) {
                    nextAt = Watch.NEVER;
                    return;
                }
                begin(false);
            } else {
                advance(round);
            }
        }
    }

    private void begin(boolean hard) {
        startedAt = now;
        wanted = false;
        round = new RoundDraft(now, server(), hard);
    }

    private void advance(RoundDraft under) {
        if (under.suspects()) {
            confirm(under);
        } else if (under.hard) {
            hard(under);
        } else {
            ask(under);
        }
    }

    private void ask(RoundDraft under) {
        boolean sent = true;
        if (under.freshHeard && !portHeard) {
            // Nobody ever heard from the watched port: there is nothing that could be stuck.
            adopt(under);
            end();
        } else if (under.freshHeard && under.control) {
            stuck(under);
        } else if (under.freshHeard) {
            under.control = true;
            sent = send(under, under.server, port, within(under.server, config.confirmWithin()));
        } else if (!silent && under.packets < OLD_PACKETS) {
            sent = send(under, under.server, port, within(under.server, config.answerWithin()));
        } else if (under.packets < (silent ? 1 : OLD_PACKETS + 1)) {
            sent = send(under, under.server, fresh(under), within(under.server, config.answerWithin()));
        } else {
            unknown(under);
        }
        if (!sent) {
            end();
        }
    }

    private void hard(RoundDraft under) {
        boolean all = under.packets >= config.hardPackets();
        boolean onlyFresh = under.freshHeard && !under.oldHeard && portHeard;
        if (onlyFresh && (all || under.oldPackets >= STUCK_PACKETS)) {
            stuck(under);
        } else if (!all) {
            // Two servers at a time, so that one of them alone costs nothing; and the watched port and a fresh one, so
            // that a NAT that holds on to a dead mapping costs nothing either.
            boolean last = under.packets + 2 >= config.hardPackets();
            long wait = last ? config.answerWithin() : config.hardEvery();
            Endpoint first = under.packets == 0 ? under.server : server();
            // In turn, so that of two servers each is asked from both: only its own earlier word can be compared.
            boolean turned = under.packets / 2 % 2 == 1;
            long one = turned ? fresh(under) : port;
            long other = turned ? port : fresh(under);
            if (!send(under, first, one, wait) || !send(under, server(), other, wait)) {
                end();
            }
        } else {
            silent = !under.freshHeard && !under.oldHeard;
            end();
        }
    }

    /** Asks others whether they see another address, too. */
    private void confirm(RoundDraft under) {
        long until = under.differsAt + config.confirmFor();
        List<Endpoint> others = others(under);
        if (now >= until || others.isEmpty()) {
            changed(under);
            return;
        }
        if (under.confirms >= MOST_CONFIRMS) {
            under.nextAt = until;
            return;
        }
        Endpoint to = others.get(under.confirms / 2 % others.size());
        // The flow that exists is the better witness; where it is silent already, a fresh one is the quicker.
        boolean freshFirst = under.hard && !under.oldHeard;
        long by = (under.confirms % 2 == 0) == freshFirst ? fresh(under) : port;
        under.confirms++;
        int before = under.packets;
        if (!send(under, to, by, within(to, config.confirmWithin()))) {
            // Nobody may be asked this minute: as if the word had not been said, so that it is news next time.
            under.differing.forEach((server, address) -> said.computeIfPresent(
                    server,
                    (key, word) ->
                            new Said(new Endpoint(address, word.mapped().port()), word.port(), word.roundTripNanos())));
            end();
            return;
        }
        under.packets = before;
        under.nextAt = Math.min(under.nextAt, until);
    }

    void unanswered(long question) {
        Asked asked = open.remove(question);
        boolean newest = open.keySet().stream().allMatch(other -> other < question);
        if (round != null && !round.hard && newest && asked != null && asked.at() >= round.startedAt) {
            round.nextAt = Math.min(round.nextAt, now);
        }
    }

    void answered(SentinelEvent.Answered answer) {
        Asked asked = open.remove(answer.question());
        if (asked == null || answer.mapped().address().family() != uplink.family()) {
            return;
        }
        Endpoint mapped = answer.mapped();
        Said before = said.put(asked.server(), new Said(mapped, asked.port(), Math.max(0, answer.roundTripNanos())));
        heardAt = now;
        silent = false;
        resting.remove(asked.server());
        turn.effect(new Heard(uplink, asked.server()));
        boolean first = told == null;
        if (first) {
            tell(mapped, Optional.empty(), false);
        } else if (before != null
                && before.port() == asked.port()
                && before.mapped().address().equals(mapped.address())
                && before.mapped().port() != mapped.port()) {
            tell(mapped, Optional.of(mapped.address()), false);
        }
        boolean differs = before != null
                && !before.mapped().address().equals(mapped.address())
                && !mapped.address().equals(known());
        if (round == null) {
            if (!differs) {
                portHeard |= asked.port() == port;
                return;
            }
            round = new RoundDraft(now, asked.server(), false);
        }
        heard(round, asked, mapped);
        if (differs) {
            round.newest = mapped;
            round.differing.put(asked.server(), before.mapped().address());
            round.differsAt = Math.min(round.differsAt, now);
            judge(round);
        } else if (round.suspects()) {
            weigh(round, asked.server(), before, mapped.address());
        } else if (!round.hard) {
            settle(round, asked);
        } else if (asked.port() == port) {
            // Alive, and seen as ever.
            end();
        }
        if (round == null && before == null && said.size() == 1 && servers().size() > 1) {
            // A second witness, so that the first change has somebody to confirm it.
            nextAt = Math.min(nextAt, now + config.askSpacing());
        }
    }

    private void heard(RoundDraft under, Asked asked, Endpoint mapped) {
        if (!under.suspects()) {
            under.newest = mapped;
        }
        if (asked.port() == port) {
            under.oldHeard = true;
            portHeard = true;
        } else if (asked.port() == under.fresh) {
            under.freshHeard = true;
        }
    }

    /** An answer that says nothing new. */
    private void settle(RoundDraft under, Asked asked) {
        if (asked.port() == port || under.fresh != asked.port()) {
            end();
        } else {
            under.nextAt = now;
        }
    }

    /** What another server says while one sees a new address. */
    private void weigh(RoundDraft under, Endpoint server, @Nullable Said before, IpAddress sees) {
        IpAddress suspected = under.newest == null ? known() : under.newest.address();
        if (under.differing.containsKey(server) || before == null) {
            return;
        }
        if (sees.equals(suspected) && !sees.equals(known())) {
            // It saw the new address before the first one did.
            changed(under);
        } else {
            under.clearSuspicion();
            if (!under.hard) {
                end();
            }
        }
    }

    private void judge(RoundDraft under) {
        if (under.differing.size() >= 2 || others(under).isEmpty()) {
            changed(under);
        } else {
            under.nextAt = now;
        }
    }

    private void changed(RoundDraft under) {
        Endpoint seen = under.newest;
        IpAddress before = under.differing.values().stream().findFirst().orElse(known());
        if (seen != null) {
            boolean stuck = !under.oldHeard && under.oldPackets >= OLD_PACKETS && portHeard;
            // What the others said is of the world before.
            said.entrySet()
                    .removeIf(word -> !word.getValue().mapped().address().equals(seen.address())
                            && !under.differing.containsKey(word.getKey()));
            tell(seen, Optional.ofNullable(before), stuck);
            if (under.freshHeard && !under.oldHeard) {
                adopt(under);
            }
        }
        end();
    }

    /** The fresh flow is answered, the watched one is not. */
    private void stuck(RoundDraft under) {
        if (under.newest != null) {
            tell(under.newest, Optional.of(under.newest.address()), true);
        }
        adopt(under);
        end();
    }

    private void unknown(RoundDraft under) {
        boolean news = !silent;
        silent = true;
        if (news) {
            // Perhaps it is the server: the next one is asked at once.
            resting.put(under.server, now + config.restFor());
            wanted = servers().size() > 1;
        } else {
            resting.clear();
        }
        end();
    }

    private void adopt(RoundDraft under) {
        if (under.fresh != 0) {
            turn.leave(uplink, port);
            port = under.fresh;
            portHeard = true;
            under.fresh = 0;
        }
    }

    private void end() {
        if (round != null) {
            turn.leave(uplink, round.fresh);
        }
        round = null;
        long spread = config.every() / 100 * config.jitter();
        long pause = config.every() - spread + spread / 1_000 * turn.below(2_001);
        nextAt = wanted ? Math.max(now, startedAt + config.askSpacing()) : startedAt + pause;
        nextAt = Math.max(nextAt, now + 1);
    }

    private void tell(Endpoint mapped, Optional<IpAddress> before, boolean stuck) {
        told = mapped;
        turn.effect(new PublicSeen(uplink, mapped, before, stuck));
    }

    private @Nullable IpAddress known() {
        return told == null ? null : told.address();
    }

    private long fresh(RoundDraft under) {
        if (under.fresh == 0) {
            under.fresh = turn.port();
        }
        return under.fresh;
    }

    /** Two round trips of the server, where that is more. */
    private long within(Endpoint server, long least) {
        Said word = said.get(server);
        return word == null ? least : Math.max(least, 2 * Math.min(word.roundTripNanos(), LATE));
    }

    private List<Endpoint> servers() {
        return turn.servers(uplink.family());
    }

    /** Whose turn it is: one that does not rest, or any where all do. */
    private Endpoint server() {
        List<Endpoint> servers = servers();
        resting.values().removeIf(until -> until <= now);
        for (int i = 0; i < servers.size(); i++) {
            Endpoint server = servers.get(Math.floorMod(next++, servers.size()));
            if (!resting.containsKey(server)) {
                return server;
            }
        }
        return servers.get(Math.floorMod(next++, servers.size()));
    }

    /** Servers that could contradict: they have an earlier word on record, and have not said anything new. */
    private List<Endpoint> others(RoundDraft under) {
        return servers().stream()
                .filter(server -> said.containsKey(server)
                        && !under.differing.containsKey(server)
                        && !resting.containsKey(server))
                .toList();
    }

    /** Sends one packet, where this minute's budget allows it. */
    private boolean send(RoundDraft under, Endpoint server, long by, long wait) {
        List<Long> spent = under.hard ? hardSent : idleSent;
        if (spent.size() >= (under.hard ? config.hardBudget() : config.idlePackets())) {
            return false;
        }
        spent.add(now);
        packets++;
        under.packets++;
        under.oldPackets += by == port ? 1 : 0;
        long question = turn.question();
        open.put(question, new Asked(server, by, now, now + (under.hard ? within(server, config.hardEvery()) : wait)));
        turn.effect(new Ask(question, uplink, server, by));
        under.nextAt = now + wait;
        return true;
    }
}
