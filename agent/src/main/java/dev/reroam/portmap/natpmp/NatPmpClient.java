package dev.reroam.portmap.natpmp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.Chance;
import dev.reroam.portmap.gateway.Effect;
import dev.reroam.portmap.gateway.Exchange;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.Grant;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Operation;
import dev.reroam.portmap.gateway.Refusal;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Report.Drop;
import dev.reroam.portmap.gateway.Stale;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.gateway.Turn;
import dev.reroam.portmap.gateway.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * NAT-PMP towards one gateway. Immutable.
 *
 * <p>A mapping takes two questions, the outer address first: a gateway without one (result 3) then makes no mapping that
 * nobody could use. Requests go out one at a time (RFC 6886 section 3.1).
 *
 * @param gateway its address
 * @param epoch empty until it was heard
 * @param pending empty at rest
 * @param stale refusals of the question before that may still come
 */
public record NatPmpClient(IpAddress gateway, Optional<NatPmpEpoch> epoch, Optional<Pending> pending, Stale stale)
        implements GatewayClient {

    /** RFC 6886 section 3: the server's port, and 5350 for announcements. */
    public static final int SERVER_PORT = 5351;

    // RFC 6886 section 3.1: 250 ms, doubled each time.
    static final long FIRST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);

    /**
     * RFC 6886 section 3.1 tries 9 times, 64 s in all. Ours ends after 4, 3.75 s: the gateway is one hop away, and whoever
     * asked asks again later.
     */
    static final int TRIES = 4;

    /** No code of RFC 6886 says for how long; 30 minutes is what RFC 6887 section 7.4 calls a long lifetime, 30 s a short. */
    private static final long LONG = TimeUnit.MINUTES.toNanos(30);

    private static final long SHORT = TimeUnit.SECONDS.toNanos(30);

    /**
     * What is under way.
     *
     * @param address the answer to the first of a mapping's two questions
     */
    public record Pending(Operation operation, Exchange exchange, Optional<IpAddress> address) {}

    /** At rest. */
    public static NatPmpClient of(IpAddress gateway) {
        return new NatPmpClient(gateway, Optional.empty(), Optional.empty(), Stale.NONE);
    }

    @Override
    public boolean busy() {
        return pending.isPresent();
    }

    @Override
    public long dueAt() {
        return pending.map(p -> p.exchange().dueAt()).orElse(NEVER);
    }

    @Override
    public Turn step(Stimulus stimulus, long now) {
        return switch (stimulus) {
            case Stimulus.Ask ask -> ask(ask.operation(), now);
            case Stimulus.Datagram datagram -> onDatagram(datagram, now);
            case Stimulus.Announcement announcement -> onAnnouncement(announcement, now);
            case Stimulus.Due due -> onDue(now);
            case Stimulus.Answered other -> Turn.quiet(this);
            case Stimulus.CallFailed other -> Turn.quiet(this);
            case Stimulus.Notified other -> Turn.quiet(this);
            case Stimulus.Leave leave -> Turn.quiet(this);
        };
    }

    private Turn ask(Operation operation, long now) {
        if (busy()) {
            throw new IllegalStateException("asked " + operation + " while " + pending);
        }
        return switch (operation) {
            case Operation.Probe probe -> send(operation, Optional.empty(), new NatPmpRequest.ExternalAddress(), now);
            case Operation.Map map -> send(operation, Optional.empty(), new NatPmpRequest.ExternalAddress(), now);
            case Operation.Delete delete ->
                send(
                        operation,
                        Optional.empty(),
                        // RFC 6886 section 3.4: external port 0 and lifetime 0.
                        new NatPmpRequest.Map(
                                delete.wanted().transport(), delete.wanted().internalPort(), 0, 0),
                        now);
        };
    }

    private Turn send(Operation operation, Optional<IpAddress> address, NatPmpRequest request, long now) {
        var question = NatPmpCodec.encode(request);
        var exchange = operation.once() ? Exchange.once(question, now) : Exchange.begin(question, FIRST_INTERVAL, now);
        return new Turn(
                new NatPmpClient(gateway, epoch, Optional.of(new Pending(operation, exchange, address)), stale),
                List.of(send(exchange.question())));
    }

    private Effect send(Octets question) {
        return new Effect.Send(new Endpoint(gateway, SERVER_PORT), question);
    }

    private Turn onDue(long now) {
        if (pending.isEmpty() || now < pending.get().exchange().dueAt()) {
            return Turn.quiet(this);
        }
        var asked = pending.get();
        // The schedule of RFC 6886 has no jitter.
        return asked.exchange()
                .again(asked.operation().once() ? 1 : TRIES, new Chance(0), 0, now)
                .map(again -> new Turn(
                        new NatPmpClient(
                                gateway,
                                epoch,
                                Optional.of(new Pending(asked.operation(), again, asked.address())),
                                stale),
                        List.of(send(again.question()))))
                .orElseGet(() -> Turn.tell(atRest(Stale.after(asked.exchange(), false, now)), unanswered(asked)));
    }

    private static Report unanswered(Pending asked) {
        return switch (asked.operation()) {
            case Operation.Probe probe -> new Report.Absent(false, "no answer");
            // The first question alone leaves nothing behind, but the difference is not worth a case of its own.
            case Operation.Map map -> new Report.Unanswered(map.wanted());
            case Operation.Delete delete -> new Report.Unanswered(delete.wanted());
        };
    }

    private NatPmpClient atRest(Stale left) {
        return new NatPmpClient(gateway, epoch, Optional.empty(), left);
    }

    private Turn onDatagram(Stimulus.Datagram datagram, long now) {
        if (!datagram.from().address().equals(gateway)) {
            return drop(Drop.NOT_THE_GATEWAY);
        }
        if (datagram.from().port() != SERVER_PORT) {
            return drop(Drop.NOT_ITS_PORT);
        }
        var response = NatPmpCodec.response(datagram.bytes());
        if (response.isEmpty()) {
            return drop(Drop.MALFORMED);
        }
        if (pending.isEmpty() || !answers(response.get(), pending.get())) {
            return drop(Drop.NOT_ASKED);
        }
        if (response.get() instanceof NatPmpResponse.Failed && stale.mayBe(now)) {
            return Turn.tell(
                    new NatPmpClient(gateway, epoch, pending, stale.without()), new Report.Dropped(Drop.NOT_ASKED));
        }
        return onResponse(response.get(), pending.get(), now);
    }

    private Turn drop(Drop drop) {
        return Turn.tell(this, new Report.Dropped(drop));
    }

    /** There is no nonce: the opcode and the internal port tie an answer to what is outstanding. */
    private static boolean answers(NatPmpResponse response, Pending asked) {
        Optional<Wanted> mapping = switch (asked.operation()) {
            case Operation.Probe probe -> Optional.empty();
            case Operation.Map map -> asked.address().isPresent() ? Optional.of(map.wanted()) : Optional.empty();
            case Operation.Delete delete -> Optional.of(delete.wanted());
        };
        return switch (response) {
            case NatPmpResponse.ExternalAddress told -> mapping.isEmpty();
            case NatPmpResponse.Mapped mapped ->
                mapping.isPresent()
                        && mapping.get().transport() == mapped.transport()
                        && mapping.get().internalPort() == mapped.internalPort()
                        && (asked.operation() instanceof Operation.Delete) == (mapped.lifetimeSeconds() == 0);
            case NatPmpResponse.Failed failed ->
                failed.opcode()
                        == mapping.map(wanted -> NatPmpCodec.opcode(wanted.transport()))
                                .orElse(0);
            case NatPmpResponse.OtherVersion other -> true;
        };
    }

    private Turn onResponse(NatPmpResponse response, Pending asked, long now) {
        return switch (response) {
            case NatPmpResponse.ExternalAddress told -> {
                var heard = hear(told.epochSeconds(), now);
                if (asked.operation() instanceof Operation.Map map) {
                    var request = new NatPmpRequest.Map(
                            map.wanted().transport(),
                            map.wanted().internalPort(),
                            map.suggestedPort(),
                            map.lifetimeSeconds());
                    yield heard.then(((NatPmpClient) heard.turn().client())
                            .send(asked.operation(), Optional.of(told.address()), request, now));
                }
                yield heard.then(new Report.Present(Optional.of(told.address()), Optional.empty()));
            }
            case NatPmpResponse.Mapped mapped -> {
                var heard = hear(mapped.epochSeconds(), now);
                yield heard.then(mapped(mapped, asked));
            }
            case NatPmpResponse.Failed failed -> {
                var heard = hear(failed.epochSeconds(), now);
                yield heard.then(refused(asked, failed.result()));
            }
            case NatPmpResponse.OtherVersion other ->
                Turn.tell(atRest(Stale.NONE), otherVersion(asked.operation(), other.version()));
        };
    }

    private static Report mapped(NatPmpResponse.Mapped mapped, Pending asked) {
        return switch (asked.operation()) {
            case Operation.Delete delete -> new Report.Deleted(delete.wanted());
            case Operation.Map map ->
                mapped.externalPort() == 0
                        ? new Report.Refused(map.wanted(), Refusal.UNBELIEVABLE, "external port 0", LONG, false)
                        : new Report.Granted(
                                map.wanted(),
                                new Grant(
                                        new Endpoint(asked.address().orElseThrow(), mapped.externalPort()),
                                        mapped.lifetimeSeconds()));
            case Operation.Probe probe -> throw new IllegalStateException("a probe asks for no mapping");
        };
    }

    private static Report refused(Pending asked, NatPmpResult result) {
        boolean repeated = asked.address().isPresent() && asked.exchange().tries() > 1;
        long again = result.equals(NatPmpResult.NETWORK_FAILURE) || result.equals(NatPmpResult.OUT_OF_RESOURCES)
                ? SHORT
                : LONG;
        return switch (asked.operation()) {
            // A gateway that has no address just now speaks the protocol all the same.
            case Operation.Probe probe ->
                result.refusal() == Refusal.UNSUPPORTED
                        ? new Report.Absent(true, result.toString())
                        : new Report.Present(Optional.empty(), Optional.empty());
            case Operation.Map map ->
                new Report.Refused(map.wanted(), result.refusal(), result.toString(), again, repeated);
            case Operation.Delete delete ->
                new Report.Refused(delete.wanted(), result.refusal(), result.toString(), again, repeated);
        };
    }

    private static Report otherVersion(Operation operation, int version) {
        String words = "speaks version " + version + (version == 2 ? ", PCP" : "");
        return switch (operation) {
            case Operation.Probe probe -> new Report.Absent(true, words);
            case Operation.Map map -> new Report.Refused(map.wanted(), Refusal.UNSUPPORTED, words, LONG, false);
            case Operation.Delete delete ->
                new Report.Refused(delete.wanted(), Refusal.UNSUPPORTED, words, LONG, false);
        };
    }

    private Turn onAnnouncement(Stimulus.Announcement announcement, long now) {
        if (!announcement.from().address().equals(gateway)) {
            return drop(Drop.NOT_THE_GATEWAY);
        }
        var response = NatPmpCodec.response(announcement.bytes());
        if (response.isEmpty() || !(response.get() instanceof NatPmpResponse.ExternalAddress told)) {
            return drop(Drop.MALFORMED);
        }
        boolean lost = epoch.isPresent() && epoch.get().lost(told.epochSeconds(), now);
        var heard = new NatPmpClient(gateway, Optional.of(new NatPmpEpoch(told.epochSeconds(), now)), pending, stale);
        var effects = new ArrayList<Effect>();
        if (lost) {
            effects.add(new Effect.Tell(forgot(told.epochSeconds())));
        }
        effects.add(new Effect.Tell(new Report.ExternalAddress(told.address())));
        if (!lost) {
            effects.add(new Effect.Tell(new Report.Announced()));
        }
        return new Turn(heard, effects);
    }

    private static Report forgot(long seconds) {
        return new Report.Forgot("NAT-PMP epoch fell to " + seconds + " s");
    }

    /** Takes the epoch of an answer in; the client is at rest after it. */
    private Heard hear(long seconds, long now) {
        boolean lost = epoch.isPresent() && epoch.get().lost(seconds, now);
        var client = new NatPmpClient(
                gateway,
                Optional.of(new NatPmpEpoch(seconds, now)),
                Optional.empty(),
                pending.map(asked -> Stale.after(asked.exchange(), true, now)).orElse(Stale.NONE));
        return new Heard(lost ? Turn.tell(client, forgot(seconds)) : Turn.quiet(client));
    }

    /** The loss is told before the outcome: a mapping granted in the same answer is a new one. */
    private record Heard(Turn turn) {

        Turn then(Report report) {
            return then(Turn.tell(turn.client(), report));
        }

        Turn then(Turn next) {
            var effects = new ArrayList<>(turn.effects());
            effects.addAll(next.effects());
            return new Turn(next.client(), effects);
        }
    }
}
