package dev.reroam.sentinel;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.sentinel.SentinelEffect.Heard;
import dev.reroam.sentinel.SentinelEffect.Unheard;
import dev.reroam.sentinel.SentinelState.Away;
import dev.reroam.sentinel.Watch.Asked;
import dev.reroam.sentinel.Watch.Said;
import dev.reroam.uplink.Uplink;
import java.util.List;
import java.util.Optional;

/** One uplink's questions in one step, and what their answers mean. Confined to the step. */
final class Asking {

    private final Turn turn;
    private final SentinelConfig config;
    private final long now;
    private final Uplink uplink;
    private final WatchDraft watch;

    private Asking(Turn turn, WatchDraft watch) {
        this.turn = turn;
        this.watch = watch;
        config = watch.config;
        now = watch.now;
        uplink = watch.uplink;
    }

    Asking(Turn turn, Uplink uplink, Watch watch) {
        this(turn, new WatchDraft(turn, uplink, watch));
    }

    /** @param before what is remembered of it from when it was there before */
    static Asking first(Turn turn, Uplink uplink, Away before) {
        return new Asking(turn, WatchDraft.first(turn, uplink, before));
    }

    Watch freeze() {
        return watch.freeze();
    }

    /** What is to be remembered of it when it is gone. */
    Away away() {
        return watch.away();
    }

    boolean waitsFor(long question) {
        return watch.open.containsKey(question);
    }

    void leave() {
        watch.leave();
    }

    void serversChanged() {
        List<Endpoint> servers = watch.servers();
        watch.said.keySet().retainAll(servers);
        watch.resting.keySet().retainAll(servers);
        if (!servers.isEmpty() && watch.nextAt == Watch.NEVER) {
            watch.nextAt = now;
        }
        var round = watch.round;
        if (round != null && (!servers.contains(round.server) || !servers.containsAll(round.differing.keySet()))) {
            watch.wanted = true;
            watch.end();
        }
    }

    /** The network changed: a question at once, but no more than one per {@link SentinelConfig#askSpacing()}. */
    void askSoon() {
        watch.wanted = true;
        watch.nextAt = Math.min(watch.nextAt, Math.max(now, watch.startedAt + config.askSpacing()));
    }

    /** A tunnel is suspect. */
    void askHard() {
        HardQuestion.begin(watch);
    }

    /** Does what is due. */
    void run() {
        watch.open.replaceAll((question, asked) -> {
            if (asked.patience() > now) {
                return asked;
            }
            turn.effect(new Unheard(uplink, asked.server(), asked.at()));
            return asked.told();
        });
        if (config.every() == 0) {
            watch.nextAt = Watch.NEVER;
            return;
        }
        // Each turn of this wheel sends, ends a round, or moves an instant on: three a round at most come at once.
        while (watch.dueAt() <= now) {
            var round = watch.round;
            if (round != null) {
                advance(round);
            } else if (watch.servers().isEmpty()) {
                watch.nextAt = Watch.NEVER;
                return;
            } else {
                watch.begin(false);
            }
        }
    }

    private void advance(RoundDraft under) {
        if (under.suspects()) {
            new Confirmation(watch, under).advance();
        } else if (under.hard) {
            HardQuestion.advance(watch, under);
        } else {
            ask(under);
        }
    }

    private void ask(RoundDraft under) {
        boolean sent = true;
        if (under.freshHeard && !watch.portHeard) {
            // Nobody ever heard from the watched port: there is nothing that could be stuck.
            watch.adopt(under);
            watch.end();
        } else if (under.freshHeard && under.control) {
            watch.stuck(under);
        } else if (under.freshHeard) {
            under.control = true;
            sent = watch.send(under, under.server, watch.port, watch.within(under.server, config.confirmWithin()));
        } else if (!watch.silent && under.packets < RoundDraft.OLD_PACKETS) {
            sent = watch.send(under, under.server, watch.port, watch.within(under.server, config.answerWithin()));
        } else if (under.packets < (watch.silent ? 1 : RoundDraft.OLD_PACKETS + 1)) {
            sent = watch.send(
                    under, under.server, watch.fresh(under), watch.within(under.server, config.answerWithin()));
        } else {
            unknown(under);
        }
        if (!sent) {
            watch.end();
        }
    }

    private void unknown(RoundDraft under) {
        boolean news = !watch.silent;
        watch.silent = true;
        if (news) {
            // Perhaps it is the server: the next one is asked at once.
            watch.resting.put(under.server, now + config.restFor());
            watch.wanted = watch.servers().size() > 1;
        } else {
            watch.resting.clear();
        }
        watch.end();
    }

    void unanswered(long question) {
        Asked asked = watch.open.remove(question);
        boolean newest = watch.open.keySet().stream().allMatch(other -> other < question);
        var round = watch.round;
        if (round != null && !round.hard && newest && asked != null && asked.at() >= round.startedAt) {
            round.nextAt = Math.min(round.nextAt, now);
        }
    }

    void answered(SentinelEvent.Answered answer) {
        Asked asked = watch.open.remove(answer.question());
        if (asked == null || answer.mapped().address().family() != uplink.family()) {
            return;
        }
        Endpoint mapped = answer.mapped();
        Said before = watch.said.get(asked.server());
        watch.said.put(asked.server(), Said.after(before, mapped, asked.port(), answer.roundTripNanos(), now));
        watch.heardAt = now;
        watch.silent = false;
        watch.resting.remove(asked.server());
        turn.effect(new Heard(uplink, asked.server()));
        if (watch.known() == null) {
            // Of an uplink that was away, what this server said before: others may always have seen another address.
            watch.tell(
                    mapped,
                    Optional.ofNullable(before).map(word -> word.mapped().address()),
                    false);
        } else if (before != null
                && before.port() == asked.port()
                && before.mapped().address().equals(mapped.address())
                && before.mapped().port() != mapped.port()) {
            watch.tell(mapped, Optional.of(mapped.address()), false);
        }
        boolean differs = before != null
                && !before.mapped().address().equals(mapped.address())
                && !mapped.address().equals(watch.known());
        var round = watch.round;
        if (round == null) {
            if (!differs) {
                watch.portHeard |= asked.port() == watch.port;
                return;
            }
            round = new RoundDraft(now, asked.server(), false);
            watch.round = round;
        }
        heard(round, asked, mapped);
        if (before != null && differs) {
            new Confirmation(watch, round)
                    .suspect(asked.server(), before.mapped().address(), mapped);
        } else if (round.suspects()) {
            new Confirmation(watch, round).weigh(asked.server(), before, mapped.address());
        } else if (!round.hard) {
            settle(round, asked);
        } else if (asked.port() == watch.port && mapped.address().equals(watch.known())) {
            // Alive, and seen as ever. One that sees another address may be asked for the first time.
            watch.end();
        }
        boolean strange = watch.said.size() == 1 || !mapped.address().equals(watch.known());
        if (watch.round == null && before == null && strange && watch.servers().size() > 1) {
            // A second witness, so that the first change has somebody to confirm it. And another one where this may be
            // that
            // change, or the server has always seen another address.
            watch.nextAt = Math.min(watch.nextAt, now + config.askSpacing());
        }
    }

    private void heard(RoundDraft under, Asked asked, Endpoint mapped) {
        if (!under.suspects()) {
            under.newest = mapped;
        }
        if (asked.port() == watch.port) {
            under.oldHeard = true;
            watch.portHeard = true;
        } else if (asked.port() == under.fresh) {
            under.freshHeard = true;
        }
    }

    /** An answer that says nothing new. */
    private void settle(RoundDraft under, Asked asked) {
        if (asked.port() == watch.port || under.fresh != asked.port()) {
            watch.end();
        } else {
            under.nextAt = now;
        }
    }
}
