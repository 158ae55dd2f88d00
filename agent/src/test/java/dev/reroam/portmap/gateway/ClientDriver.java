package dev.reroam.portmap.gateway;

import dev.reroam.linux.ip.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Holds a client's state and collects what it does, on virtual time. */
public final class ClientDriver {

    public GatewayClient client;
    public long now = TimeUnit.HOURS.toNanos(7);
    public final List<Octets> sent = new ArrayList<>();
    public final List<Long> sentAt = new ArrayList<>();
    public final List<Report> reports = new ArrayList<>();

    public ClientDriver(GatewayClient client) {
        this.client = client;
    }

    public ClientDriver ask(Operation operation) {
        return step(new Stimulus.Ask(operation));
    }

    public ClientDriver datagram(String from, Octets bytes) {
        return step(new Stimulus.Datagram(Endpoint.parse(from), bytes));
    }

    public ClientDriver announcement(String from, Octets bytes) {
        return step(new Stimulus.Announcement(Endpoint.parse(from), bytes));
    }

    public ClientDriver pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
        return this;
    }

    /** Lets time pass until the client is at rest, waking it when it wants to be. */
    public ClientDriver untilAtRest() {
        for (int turns = 0; client.busy(); turns++) {
            if (turns > 100) {
                throw new AssertionError("busy for ever: " + client);
            }
            now = client.dueAt();
            step(new Stimulus.Due());
        }
        return this;
    }

    public ClientDriver step(Stimulus stimulus) {
        var turn = client.step(stimulus, now);
        client = turn.client();
        for (Effect effect : turn.effects()) {
            switch (effect) {
                case Effect.Send send -> {
                    sent.add(send.bytes());
                    sentAt.add(now);
                }
                case Effect.Tell tell -> reports.add(tell.report());
                case Effect.Call call -> throw new AssertionError("no HTTP here: " + call);
            }
        }
        return this;
    }

    public Report last() {
        return reports.getLast();
    }

    /** Milliseconds from the first sending to each. */
    public List<Long> schedule() {
        return sentAt.stream()
                .map(at -> TimeUnit.NANOSECONDS.toMillis(at - sentAt.getFirst()))
                .toList();
    }
}
