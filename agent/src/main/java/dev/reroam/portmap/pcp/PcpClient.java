package dev.reroam.portmap.pcp;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpFamily;
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
 * PCP towards one gateway. Immutable.
 *
 * <p>A probe is an ANNOUNCE request, which leaves nothing behind.
 *
 * @param server the gateway's address
 * @param local the address that we send from: a server compares it with what arrives (ADDRESS_MISMATCH)
 * @param nonce of all mappings of this client. A server keeps it with the mapping and refuses (NOT_AUTHORIZED) whoever
 *     comes with another, so it must be the same as long as a mapping may live, also after a crash of ours
 * @param epoch empty until it was heard
 * @param pending empty at rest
 * @param stale refusals of the question before that may still come
 */
public record PcpClient(
        IpAddress server,
        IpAddress local,
        PcpNonce nonce,
        Chance chance,
        Optional<PcpEpoch> epoch,
        Optional<Pending> pending,
        Stale stale)
        implements GatewayClient {

    /** RFC 6887 section 19: the server's port, and 5350 for announcements. */
    public static final int SERVER_PORT = 5351;

    /**
     * RFC 6887 section 8.1.1: IRT is 3 s. Deviation: the server is the first hop, NAT-PMP asks the same host every 250 ms by
     * its own RFC, and a failover must not wait for 3 s. It doubles all the same, with the RFC's jitter of 10 %.
     */
    static final long FIRST_INTERVAL = TimeUnit.MILLISECONDS.toNanos(250);

    static final int JITTER_PERCENT = 10;

    /** RFC 6887 section 8.1.1: MRC 0 is no limit. Deviation: 3.75 s in all; whoever asked asks again later. */
    static final int TRIES = 4;

    // RFC 6887 section 7.4: errors last 30 minutes or 30 seconds where the server does not say better.
    private static final long LONG_SECONDS = 1800;
    private static final long SHORT_SECONDS = 30;

    /** What is under way. */
    public record Pending(Operation operation, Exchange exchange) {}

    /** At rest. */
    public static PcpClient of(IpAddress server, IpAddress local, PcpNonce nonce, Chance chance) {
        return new PcpClient(server, local, nonce, chance, Optional.empty(), Optional.empty(), Stale.NONE);
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
        PcpMessage message = switch (operation) {
            case Operation.Probe probe -> new PcpMessage.AnnounceRequest(local);
            case Operation.Map map -> request(map.wanted(), map.suggestedPort(), map.lifetimeSeconds());
            // RFC 6887 section 15: lifetime 0; the suggested port is ignored then, and 0.
            case Operation.Delete delete -> request(delete.wanted(), 0, 0);
        };
        var question = PcpCodec.encode(message);
        var exchange = operation.once() ? Exchange.once(question, now) : Exchange.begin(question, FIRST_INTERVAL, now);
        return new Turn(
                new PcpClient(
                        server, local, nonce, chance, epoch, Optional.of(new Pending(operation, exchange)), stale),
                List.of(send(exchange.question())));
    }

    private PcpMessage request(Wanted wanted, int suggestedPort, long lifetimeSeconds) {
        // RFC 6887 section 11.1: no wish for an address is all zeros of the family that is wanted.
        var any = local.family() == IpFamily.V4 ? IpAddress.ANY_V4 : IpAddress.ANY_V6;
        return new PcpMessage.MapRequest(
                lifetimeSeconds,
                local,
                new PcpMessage.Map(
                        nonce, wanted.transport().number(), wanted.internalPort(), new Endpoint(any, suggestedPort)),
                List.of());
    }

    private Effect send(Octets question) {
        return new Effect.Send(new Endpoint(server, SERVER_PORT), question);
    }

    private Turn onDue(long now) {
        if (pending.isEmpty() || now < pending.get().exchange().dueAt()) {
            return Turn.quiet(this);
        }
        var asked = pending.get();
        return asked.exchange()
                .again(asked.operation().once() ? 1 : TRIES, chance, JITTER_PERCENT, now)
                .map(again -> new Turn(
                        new PcpClient(
                                server,
                                local,
                                nonce,
                                chance.next(),
                                epoch,
                                Optional.of(new Pending(asked.operation(), again)),
                                stale),
                        List.of(send(again.question()))))
                .orElseGet(() ->
                        Turn.tell(atRest(Stale.after(asked.exchange(), false, now)), unanswered(asked.operation())));
    }

    private static Report unanswered(Operation operation) {
        return switch (operation) {
            case Operation.Probe probe -> new Report.Absent(false, "no answer");
            case Operation.Map map -> new Report.Unanswered(map.wanted());
            case Operation.Delete delete -> new Report.Unanswered(delete.wanted());
        };
    }

    private PcpClient atRest(Stale left) {
        return new PcpClient(server, local, nonce, chance, epoch, Optional.empty(), left);
    }

    private Turn onDatagram(Stimulus.Datagram datagram, long now) {
        if (!datagram.from().address().equals(server)) {
            return drop(Drop.NOT_THE_GATEWAY);
        }
        if (datagram.from().port() != SERVER_PORT) {
            return drop(Drop.NOT_ITS_PORT);
        }
        var message = PcpCodec.decode(datagram.bytes());
        if (message.isEmpty()) {
            return drop(Drop.MALFORMED);
        }
        if (pending.isEmpty()) {
            return drop(Drop.NOT_ASKED);
        }
        var operation = pending.get().operation();
        boolean repeated = pending.get().exchange().tries() > 1;
        return switch (message.get()) {
            case PcpMessage.AnnounceRequest request -> drop(Drop.MALFORMED);
            case PcpMessage.MapRequest request -> drop(Drop.MALFORMED);
            case PcpMessage.AnnounceResponse told ->
                operation instanceof Operation.Probe
                        ? hear(told.epochSeconds(), now, announced(told.result()))
                        : drop(Drop.NOT_ASKED);
            case PcpMessage.MapResponse told ->
                !answers(told, operation)
                        ? drop(Drop.NOT_ASKED)
                        : !told.result().isSuccess() && stale.mayBe(now)
                                ? dropStale()
                                : hear(told.epochSeconds(), now, mapped(told, operation, repeated));
            case PcpMessage.ErrorResponse told ->
                told.opcode() == (operation instanceof Operation.Probe ? 0 : 1)
                        ? hear(
                                told.epochSeconds(),
                                now,
                                refused(operation, told.result(), told.lifetimeSeconds(), repeated))
                        : drop(Drop.NOT_ASKED);
            case PcpMessage.OtherVersion other ->
                Turn.tell(atRest(Stale.NONE), otherVersion(operation, "speaks " + versionWord(other.version())));
        };
    }

    private Turn drop(Drop drop) {
        return Turn.tell(this, new Report.Dropped(drop));
    }

    private boolean answers(PcpMessage.MapResponse told, Operation operation) {
        return switch (operation) {
            case Operation.Probe probe -> false;
            case Operation.Map map ->
                matches(told.map(), map.wanted()) && !(told.result().isSuccess() && told.lifetimeSeconds() == 0);
            case Operation.Delete delete ->
                matches(told.map(), delete.wanted()) && !(told.result().isSuccess() && told.lifetimeSeconds() != 0);
        };
    }

    /** RFC 6887 section 11.4: nonce, protocol and internal port, or it answers something else. */
    private boolean matches(PcpMessage.Map told, Wanted wanted) {
        return told.nonce().equals(nonce)
                && told.protocol() == wanted.transport().number()
                && told.internalPort() == wanted.internalPort();
    }

    private Turn dropStale() {
        return Turn.tell(
                new PcpClient(server, local, nonce, chance, epoch, pending, stale.without()),
                new Report.Dropped(Drop.NOT_ASKED));
    }

    private static Report announced(PcpResult result) {
        return result.equals(PcpResult.UNSUPP_VERSION)
                ? new Report.Absent(true, result.toString())
                // Any other answer is in version 2: MAP may work although ANNOUNCE does not.
                : new Report.Present(Optional.empty(), Optional.empty());
    }

    private static Report mapped(PcpMessage.MapResponse told, Operation operation, boolean repeated) {
        if (!told.result().isSuccess()) {
            return refused(operation, told.result(), told.lifetimeSeconds(), repeated);
        }
        return switch (operation) {
            case Operation.Delete delete -> new Report.Deleted(delete.wanted());
            case Operation.Map map ->
                told.map().external().port() == 0
                        ? new Report.Refused(
                                map.wanted(),
                                Refusal.UNBELIEVABLE,
                                "external port 0",
                                TimeUnit.SECONDS.toNanos(LONG_SECONDS),
                                repeated)
                        : new Report.Granted(map.wanted(), new Grant(told.map().external(), told.lifetimeSeconds()));
            case Operation.Probe probe -> throw new IllegalStateException("a probe asks for no mapping");
        };
    }

    private static Report refused(Operation operation, PcpResult result, long lifetimeSeconds, boolean repeated) {
        // A server may say 0 or a century; neither must make us ask all the time or never again.
        long seconds = result.isPassing()
                ? Math.clamp(lifetimeSeconds, SHORT_SECONDS, LONG_SECONDS)
                : Math.clamp(lifetimeSeconds, LONG_SECONDS / 2, LONG_SECONDS * 2);
        long again = TimeUnit.SECONDS.toNanos(seconds);
        return switch (operation) {
            case Operation.Probe probe -> announced(result);
            case Operation.Map map ->
                new Report.Refused(map.wanted(), result.refusal(), result.toString(), again, repeated);
            case Operation.Delete delete ->
                new Report.Refused(delete.wanted(), result.refusal(), result.toString(), again, repeated);
        };
    }

    private static String versionWord(int version) {
        return version == 0 ? "NAT-PMP only" : "version " + version + " only";
    }

    private static Report otherVersion(Operation operation, String words) {
        long again = TimeUnit.SECONDS.toNanos(LONG_SECONDS);
        return switch (operation) {
            case Operation.Probe probe -> new Report.Absent(true, words);
            case Operation.Map map -> new Report.Refused(map.wanted(), Refusal.UNSUPPORTED, words, again, false);
            case Operation.Delete delete ->
                new Report.Refused(delete.wanted(), Refusal.UNSUPPORTED, words, again, false);
        };
    }

    private Turn onAnnouncement(Stimulus.Announcement announcement, long now) {
        if (!announcement.from().address().equals(server)) {
            return drop(Drop.NOT_THE_GATEWAY);
        }
        var message = PcpCodec.decode(announcement.bytes());
        if (message.isEmpty() || !(message.get() instanceof PcpMessage.AnnounceResponse told)) {
            return drop(Drop.MALFORMED);
        }
        boolean lost = epoch.isPresent() && epoch.get().lost(told.epochSeconds(), now);
        var heard = new PcpClient(
                server, local, nonce, chance, Optional.of(new PcpEpoch(told.epochSeconds(), now)), pending, stale);
        return Turn.tell(heard, lost ? forgot(told.epochSeconds()) : new Report.Announced());
    }

    private static Report forgot(long seconds) {
        return new Report.Forgot("PCP epoch jumped to " + seconds + " s");
    }

    /** The loss is told before the outcome: a mapping granted in the same answer is a new one. */
    private Turn hear(long seconds, long now, Report outcome) {
        boolean lost = epoch.isPresent() && epoch.get().lost(seconds, now);
        var client = new PcpClient(
                server,
                local,
                nonce,
                chance,
                Optional.of(new PcpEpoch(seconds, now)),
                Optional.empty(),
                pending.map(asked -> Stale.after(asked.exchange(), true, now)).orElse(Stale.NONE));
        var effects = new ArrayList<Effect>();
        if (lost) {
            effects.add(new Effect.Tell(forgot(seconds)));
        }
        effects.add(new Effect.Tell(outcome));
        return new Turn(client, effects);
    }
}
