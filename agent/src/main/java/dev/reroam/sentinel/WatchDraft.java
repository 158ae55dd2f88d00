package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.sentinel.SentinelEffect.Ask;
import dev.reroam.sentinel.SentinelEffect.PublicSeen;
import dev.reroam.sentinel.SentinelState.Away;
import dev.reroam.sentinel.Watch.Asked;
import dev.reroam.sentinel.Watch.Said;
import dev.reroam.uplink.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Watch} that can be changed, and what every question of its uplink does with it; the fields are its components.
 * Confined to a step.
 */
final class WatchDraft {

    private static final long MINUTE = 60_000_000_000L;
    /** Ours: what comes later than this nobody waits for. */
    private static final long LATE = 10_000_000_000L;

    final SentinelConfig config;
    final long now;
    final Uplink uplink;
    final Map<Endpoint, Said> said = new TreeMap<>(RoundDraft.SERVER_ORDER);
    final Map<Endpoint, Long> resting = new TreeMap<>(RoundDraft.SERVER_ORDER);
    final Map<Long, Asked> open = new TreeMap<>();

    @Nullable
    RoundDraft round;

    long port;
    boolean portHeard;
    boolean silent;
    boolean wanted;
    long startedAt;
    long nextAt;
    long hardFrom;
    long heardAt;

    private final Turn turn;
    private int next;
    private final List<Long> idleSent;
    private final List<Long> hardSent;
    private @Nullable Endpoint told;
    private long packets;

    WatchDraft(Turn turn, Uplink uplink, Watch watch) {
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

    /** @param before what is remembered of it from when it was there before */
    static WatchDraft first(Turn turn, Uplink uplink, Away before) {
        // Each uplink begins with another server.
        int begin = turn.below(1 << 16);
        var draft = new WatchDraft(
                turn,
                uplink,
                new Watch(
                        before.said(),
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
                        before.idleSent(),
                        before.hardSent(),
                        Optional.empty(),
                        Watch.NEVER,
                        0));
        draft.beginWithAWitness();
        return draft;
    }

    /** Only who said something of the uplink before can tell whether that is different now. */
    private void beginWithAWitness() {
        List<Endpoint> servers = servers();
        for (int i = 0; i < servers.size(); i++) {
            if (said.containsKey(servers.get(Math.floorMod(next + i, servers.size())))) {
                next += i;
                return;
            }
        }
    }

    Away away() {
        return new Away(Map.copyOf(said), List.copyOf(idleSent), List.copyOf(hardSent));
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

    /** When the next packet, the next question or a verdict is due. */
    long dueAt() {
        return round == null ? nextAt : round.nextAt;
    }

    /** Nothing is expected on our sockets any more. */
    void leave() {
        turn.leave(uplink, port);
        leaveFresh();
    }

    /** Nothing is expected on the fresh socket any more. */
    void leaveFresh() {
        if (round != null) {
            turn.leave(uplink, round.fresh);
        }
    }

    void begin(boolean hard) {
        startedAt = now;
        wanted = false;
        round = new RoundDraft(now, server(), hard);
    }

    void end() {
        leaveFresh();
        round = null;
        long spread = config.every() / 100 * config.jitter();
        long pause = config.every() - spread + spread / 1_000 * turn.below(2_001);
        nextAt = wanted ? Math.max(now, startedAt + config.askSpacing()) : startedAt + pause;
        nextAt = Math.max(nextAt, now + 1);
    }

    /** The fresh flow is answered, the watched one is not. */
    void stuck(RoundDraft under) {
        if (under.newest != null) {
            tell(under.newest, Optional.of(under.newest.address()), true);
        }
        adopt(under);
        end();
    }

    /** The fresh socket is the watched one from now on. */
    void adopt(RoundDraft under) {
        if (under.fresh != 0) {
            turn.leave(uplink, port);
            port = under.fresh;
            portHeard = true;
            under.fresh = 0;
        }
    }

    void tell(Endpoint mapped, Optional<IpAddress> before, boolean stuck) {
        told = mapped;
        turn.effect(new PublicSeen(uplink, mapped, before, stuck));
    }

    /** The address that the world sees, as last told; null before the first word. */
    @Nullable
    IpAddress known() {
        return told == null ? null : told.address();
    }

    long fresh(RoundDraft under) {
        if (under.fresh == 0) {
            under.fresh = turn.port();
        }
        return under.fresh;
    }

    /** Two round trips of the server, where that is more. */
    long within(Endpoint server, long least) {
        Said word = said.get(server);
        return word == null ? least : Math.max(least, 2 * Math.min(word.roundTripNanos(), LATE));
    }

    /** Of a hard question: who has not answered over this uplink yet may need as long as anybody. */
    private long patience(Endpoint server) {
        return within(server, said.containsKey(server) ? config.hardEvery() : config.answerWithin());
    }

    List<Endpoint> servers() {
        return turn.servers(uplink.family());
    }

    /** Whose turn it is: one that does not rest, or any where all do. */
    Endpoint server() {
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

    /** Sends one packet, where this minute's budget allows it. */
    boolean send(RoundDraft under, Endpoint server, long by, long wait) {
        List<Long> spent = under.hard ? hardSent : idleSent;
        if (spent.size() >= (under.hard ? config.hardBudget() : config.idlePackets())) {
            return false;
        }
        spent.add(now);
        packets++;
        under.packets++;
        under.oldPackets += by == port ? 1 : 0;
        long question = turn.question();
        open.put(question, new Asked(server, by, now, now + (under.hard ? patience(server) : wait)));
        turn.effect(new Ask(question, uplink, server, by));
        under.nextAt = now + wait;
        return true;
    }
}
