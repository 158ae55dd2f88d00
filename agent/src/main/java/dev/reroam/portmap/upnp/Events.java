package dev.reroam.portmap.upnp;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.portmap.gateway.GatewayClient;
import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Octets;
import dev.reroam.portmap.gateway.Report;
import dev.reroam.portmap.gateway.Report.Drop;
import dev.reroam.portmap.gateway.Stimulus;
import dev.reroam.portmap.upnp.UpnpClient.Device;
import dev.reroam.portmap.upnp.UpnpClient.Heard;
import dev.reroam.portmap.upnp.UpnpClient.Subscription;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What does the device say unasked? Its announcements, and its events, which it is subscribed to. A part of {@link UpnpStep}. */
final class Events {

    // UDA section 4.1.1: a device chooses; 30 minutes is what it recommends at least.
    private static final int SUBSCRIPTION_SECONDS = 1800;
    /** Where to call back stands here once the edge has opened a port for it, which it does not before it must. */
    private static final String CALLBACK_OF_THE_EDGE = "";

    private static final long SUBSCRIBE_AGAIN = TimeUnit.MINUTES.toNanos(10);
    private static final long SHORTEST_RENEWAL = TimeUnit.MINUTES.toNanos(1);
    private static final long LONGEST_RENEWAL = TimeUnit.HOURS.toNanos(12);

    private final Draft draft;

    Events(Draft draft) {
        this.draft = draft;
    }

    void onAnnouncement(Stimulus.Announcement announcement) {
        if (!announcement.from().address().equals(draft.before.gateway())) {
            draft.tell(new Report.Dropped(Drop.NOT_THE_GATEWAY));
            return;
        }
        var message = SsdpMessage.parse(announcement.bytes());
        if (message.isEmpty()) {
            draft.tell(new Report.Dropped(Drop.MALFORMED));
            return;
        }
        switch (message.get()) {
            case SsdpMessage.Answer answer -> draft.tell(new Report.Dropped(Drop.NOT_ASKED));
            case SsdpMessage.Byebye byebye -> {
                if (byebye.target().startsWith(SsdpMessage.GATEWAY_DEVICE)) {
                    draft.device = draft.device.map(device -> new Device(device.heard(), true));
                }
            }
            case SsdpMessage.Alive alive -> {
                var link = Link.parse(alive.location());
                if (alive.target().startsWith(SsdpMessage.GATEWAY_DEVICE) && link.isPresent()) {
                    onAlive(new Heard(link.get(), alive.boot()));
                }
            }
        }
    }

    /** A device that started anew may have its service elsewhere. */
    private void onAlive(Heard heard) {
        if (draft.work.isPresent()) {
            draft.unjudged = Optional.of(heard);
        } else if (startedAnew(heard)) {
            draft.found = Optional.empty();
        }
    }

    /** Tells of a device that started anew: it has an empty table, in all likelihood. */
    private boolean startedAnew(Heard heard) {
        boolean anew = draft.device
                .filter(known -> known.goodbye() || heard.startedAfter(known.heard()))
                .isPresent();
        draft.device = Optional.of(new Device(heard, false));
        if (anew) {
            draft.subscription = new Subscription.None(draft.now);
            draft.tell(new Report.Forgot("UPnP device started anew"));
        }
        return anew;
    }

    /** What was lost, and looked for, and found may have started anew meanwhile, however little it said. */
    void onFound() {
        startedAnew(draft.found.orElseThrow().device());
    }

    private void subscribe(Optional<String> id) {
        var events = draft.found.flatMap(f -> f.service().events());
        if (events.isEmpty() || !draft.before.subscribes()) {
            draft.subscription = new Subscription.None(GatewayClient.NEVER);
            return;
        }
        // UDA sections 4.1.2 and 4.1.3: a renewal names the subscription and nothing else.
        Map<String, String> headers = id.map(sid -> Map.of("SID", sid, "TIMEOUT", "Second-" + SUBSCRIPTION_SECONDS))
                .orElseGet(() -> Map.of(
                        "CALLBACK",
                        CALLBACK_OF_THE_EDGE,
                        "NT",
                        "upnp:event",
                        "TIMEOUT",
                        "Second-" + SUBSCRIPTION_SECONDS));
        long call = draft.call(
                new HttpRequest("SUBSCRIBE", events.get().port(), events.get().path(), headers, ""));
        draft.subscription = new Subscription.Asking(call, draft.callDueAt());
    }

    /** Whoever maps: the outer address concerns all. */
    void subscribeOnce() {
        if (draft.subscription instanceof Subscription.None none && none.notBefore() - draft.now <= 0) {
            subscribe(Optional.empty());
        }
    }

    /** UDA section 4.1.4. */
    void leave() {
        var events = draft.found.flatMap(f -> f.service().events());
        if (!(draft.subscription instanceof Subscription.Held held) || events.isEmpty()) {
            // One that is being asked for right now runs out by itself.
            draft.subscription = new Subscription.None(GatewayClient.NEVER);
            return;
        }
        long call = draft.call(
                new HttpRequest("UNSUBSCRIBE", events.get().port(), events.get().path(), Map.of("SID", held.id()), ""));
        draft.subscription = new Subscription.Leaving(call, draft.callDueAt());
    }

    /** Whatever came of it: it is over. */
    private boolean leaves(long call) {
        boolean over = draft.subscription instanceof Subscription.Leaving leaving && leaving.call() == call;
        if (over) {
            draft.subscription = new Subscription.None(GatewayClient.NEVER);
        }
        return over;
    }

    private void onSubscribed(HttpAnswer answer) {
        var id = answer.header("SID").filter(sid -> sid.matches("[!-~]{1,200}"));
        if (answer.status() != 200 || id.isEmpty()) {
            draft.subscription = new Subscription.None(draft.now + SUBSCRIBE_AGAIN);
            return;
        }
        String timeout = answer.header("TIMEOUT").orElse("");
        long seconds = timeout.matches("(?i)Second-\\d{1,9}")
                ? Long.parseLong(timeout.substring("Second-".length()))
                : SUBSCRIPTION_SECONDS;
        long half = Math.clamp(TimeUnit.SECONDS.toNanos(seconds) / 2, SHORTEST_RENEWAL, LONGEST_RENEWAL);
        draft.subscription = new Subscription.Held(id.get(), draft.now + half);
    }

    void onNotified(Stimulus.Notified notified) {
        if (!(draft.subscription instanceof Subscription.Held held)
                || !held.id().equals(notified.subscription())) {
            // The first event may come before the answer that names the subscription; it tells what we know already.
            draft.tell(new Report.Dropped(Drop.NOT_ASKED));
            return;
        }
        eventAddress(notified.body())
                .ifPresentOrElse(
                        address -> draft.tell(new Report.ExternalAddress(address)),
                        () -> draft.tell(new Report.Dropped(Drop.MALFORMED)));
    }

    private static Optional<IpAddress> eventAddress(Octets body) {
        try {
            return XmlReader.read(body).children().stream()
                    .flatMap(property -> property.textOf("ExternalIPAddress").stream())
                    .findFirst()
                    .flatMap(Soap::address);
        } catch (XmlException e) {
            return Optional.empty();
        }
    }

    /** What the device said of itself while something was under way. */
    void judgeLate() {
        if (draft.work.isEmpty() && draft.unjudged.isPresent()) {
            var heard = draft.unjudged.get();
            draft.unjudged = Optional.empty();
            onAlive(heard);
        }
    }

    /** Whether the call was about the subscription. */
    boolean onAnswer(long call, HttpAnswer answer) {
        if (draft.subscription instanceof Subscription.Asking asking && asking.call() == call) {
            onSubscribed(answer);
            return true;
        }
        return leaves(call);
    }

    /** The same. */
    boolean onFailure(long call) {
        if (draft.subscription instanceof Subscription.Asking asking && asking.call() == call) {
            draft.subscription = new Subscription.None(draft.now + SUBSCRIBE_AGAIN);
            return true;
        }
        return leaves(call);
    }

    void onDue() {
        switch (draft.subscription) {
            case Subscription.None none -> {}
            case Subscription.Asking asking -> {
                if (asking.dueAt() <= draft.now) {
                    onFailure(asking.call());
                }
            }
            case Subscription.Leaving leaving -> {
                if (leaving.dueAt() <= draft.now) {
                    onFailure(leaving.call());
                }
            }
            case Subscription.Held held -> {
                if (held.renewAt() <= draft.now) {
                    subscribe(Optional.of(held.id()));
                }
            }
        }
    }
}
