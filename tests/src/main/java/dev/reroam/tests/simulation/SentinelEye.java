package dev.reroam.tests.simulation;

import dev.reroam.recovery.Observation;
import dev.reroam.sentinel.Sentinel;
import dev.reroam.sentinel.SentinelConfig;
import dev.reroam.sentinel.SentinelEffect;
import dev.reroam.sentinel.SentinelEvent;
import dev.reroam.sentinel.SentinelState;
import dev.reroam.tests.simulation.world.Box;
import dev.reroam.tests.simulation.world.Message;
import dev.reroam.tests.simulation.world.StunServer;
import dev.reroam.tests.simulation.world.VirtualTime;
import dev.reroam.tests.simulation.world.Wan;
import dev.reroam.uplink.Uplink;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The sentinel that ships, in the model's network: it asks the model's servers through the model's NATs. One life's.
 */
final class SentinelEye {

    private static final long REVIEW_AFTER = 20 * VirtualTime.MILLI;
    private static final long GATEWAY_ANSWERS = 2 * VirtualTime.MILLI;
    private static final long GATEWAY_SILENT = 1_400 * VirtualTime.MILLI;
    private static final int MUTE_OF = 4;
    private static final int FIRST_PORT = 2_000;
    private static final int PORTS = 20_000;
    private static final int PORTS_OF_A_LIFE = 977;
    // Nobody takes an answer to a former life's question for one of its own.
    private static final int LIFE_SHIFT = 40;
    private static final int MOST_QUESTIONS = 256;
    private static final long QUESTION_BITS = (1L << LIFE_SHIFT) - 1;

    private final Life life;
    private final long seed;
    private final Box box;
    private final Sentinel sentinel = new Sentinel(SentinelConfig.standard(SentinelConfig.EVERY));
    private final Consumer<Observation> brain;
    // When each question was sent that may be answered; the oldest go first.
    private final Map<Long, Long> sentAt = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MOST_QUESTIONS;
        }
    };
    private final Map<Uplink, Long> asked = new TreeMap<>();
    private final Optional<String> mode;
    private final Set<Uplink> gatewaysAsked = new TreeSet<>();
    private Optional<Observation.WaysSeen> told = Optional.empty();
    private SentinelState state;
    private List<Uplink> running = List.of();
    private long armedFor = Long.MAX_VALUE;
    private boolean reviewing;
    private boolean stirred;

    /** @param mode why nothing is steered whatever there is; empty where it may be */
    SentinelEye(
            Life life,
            Box box,
            List<StunServer> servers,
            long seed,
            Optional<String> mode,
            Consumer<Observation> brain) {
        this.mode = mode;
        this.seed = seed;
        this.life = life;
        this.box = box;
        this.brain = brain;
        state = SentinelState.initial(seed);
        take(new SentinelEvent.ServersSeen(
                servers.stream().map(StunServer::address).toList()));
        reviewSoon(false);
    }

    /** The network may be another one. */
    void reviewSoon(boolean somethingHappened) {
        stirred |= somethingHappened;
        if (!reviewing) {
            reviewing = true;
            life.in(somethingHappened ? 1 : REVIEW_AFTER, this::review);
        }
    }

    private void review() {
        reviewing = false;
        var now = box.wans().stream()
                .filter(wan -> wan.carrier() && wan.routed())
                .map(SentinelEye::uplink)
                .toList();
        if (!now.equals(running)) {
            stirred |= !running.isEmpty();
            now.stream().filter(uplink -> !running.contains(uplink)).forEach(this::askGateway);
            running = now;
            take(new SentinelEvent.UplinksSeen(now));
        }
        tellWays(now);
        if (stirred) {
            stirred = false;
            running.forEach(uplink -> take(new SentinelEvent.Disturbed(uplink)));
        }
    }

    /** Best first, as {@code Outlook} tells them, and whether more than one is there to choose from. */
    private void tellWays(List<Uplink> now) {
        var best = box.wans().stream()
                .sorted(Comparator.comparingInt(Wan::metric))
                .map(SentinelEye::uplink)
                .filter(now::contains)
                .toList();
        Optional<String> alone = now.size() < 2 ? Optional.of("there is one way out only") : Optional.empty();
        var ways = new Observation.WaysSeen(best, mode.or(() -> alone));
        if (!Optional.of(ways).equals(told)) {
            told = Optional.of(ways);
            brain.accept(ways);
        }
    }

    static Uplink uplink(Wan wan) {
        return new Uplink(wan.index(), wan.name(), Optional.of(wan.gateway()), wan.address());
    }

    void suspect(Uplink uplink) {
        take(new SentinelEvent.Suspected(uplink));
        askGateway(uplink);
    }

    private void askGateway(Uplink uplink) {
        if (gatewaysAsked.add(uplink)) {
            boolean answers = !mute(uplink)
                    && box.wans().stream()
                            .anyMatch(wan -> wan.carrier() && uplink(wan).equals(uplink));
            life.in(answers ? GATEWAY_ANSWERS : GATEWAY_SILENT, () -> {
                gatewaysAsked.remove(uplink);
                brain.accept(new Observation.GatewaySeen(uplink, answers));
            });
        }
    }

    /** Some gateways do not answer what they are asked alone. */
    private boolean mute(Uplink uplink) {
        return Math.floorMod(seed + uplink.interfaceIndex(), MUTE_OF) == 0;
    }

    void disturbed(Uplink uplink) {
        take(new SentinelEvent.Disturbed(uplink));
    }

    /** Questions sent over each uplink so far. */
    Map<Uplink, Long> asked() {
        return asked;
    }

    private void take(SentinelEvent event) {
        Sentinel.Step step = sentinel.step(state, event, life.now());
        state = step.state();
        for (SentinelEffect effect : step.effects()) {
            switch (effect) {
                case SentinelEffect.Ask ask -> send(ask);
                case SentinelEffect.Leave leave -> box.close(port(leave.port()));
                case SentinelEffect.PublicSeen seen ->
                    brain.accept(new Observation.PublicSeen(seen.uplink(), seen.mapped(), seen.before(), seen.stuck()));
                case SentinelEffect.Heard heard ->
                    brain.accept(new Observation.UplinkHeard(heard.uplink(), heard.server()));
                case SentinelEffect.Unheard unheard ->
                    brain.accept(new Observation.UplinkUnheard(unheard.uplink(), unheard.server(), unheard.askedAt()));
            }
        }
        arm();
    }

    private void arm() {
        long due = sentinel.nextDeadline(state).orElse(Long.MAX_VALUE);
        if (due != armedFor) {
            armedFor = due;
            if (due != Long.MAX_VALUE) {
                life.at(due, () -> {
                    if (armedFor == due) {
                        armedFor = Long.MAX_VALUE;
                        take(new SentinelEvent.TimePassed());
                    }
                });
            }
        }
    }

    private void send(SentinelEffect.Ask ask) {
        asked.merge(ask.uplink(), 1L, Long::sum);
        sentAt.put(ask.question(), life.now());
        box.open(port(ask.port()), packet -> {
            if (!life.isOver()
                    && packet.message() instanceof Message.Answer answer
                    && answer.transaction() >>> LIFE_SHIFT == life.number()) {
                long question = answer.transaction() & QUESTION_BITS;
                Long asked = sentAt.remove(question);
                if (asked != null) {
                    take(new SentinelEvent.Answered(question, answer.mapped(), life.now() - asked));
                }
            }
        });
        int by = ask.uplink().interfaceIndex();
        long transaction = life.number() << LIFE_SHIFT | ask.question();
        if (!box.sendBy(by, port(ask.port()), ask.server(), new Message.Question(transaction))) {
            life.in(0, () -> take(new SentinelEvent.Refused(ask.question(), "ENETUNREACH")));
        }
    }

    private int port(long number) {
        return FIRST_PORT + (int) ((life.number() * PORTS_OF_A_LIFE + number) % PORTS);
    }
}
