package dev.reroam.stun;

import dev.reroam.linux.ip.Endpoint;
import java.util.function.Consumer;

/** A port from which servers are asked, again and again if need be. Confined to the agent's loop. */
public final class StunSocket implements AutoCloseable {

    private final StunClient client;
    private final int number;
    private final Endpoint local;

    StunSocket(StunClient client, int number, Endpoint local) {
        this.client = client;
        this.number = number;
        this.local = local;
    }

    /** Its own address and port. */
    public Endpoint local() {
        return local;
    }

    /**
     * Asks a server what it sees.
     *
     * @param then is called once, on the loop and never within this call; not at all when this socket is closed first
     * @throws IllegalStateException after {@link #close}
     */
    public void ask(Endpoint server, Schedule schedule, Consumer<Outcome> then) {
        client.ask(number, server, schedule, then);
    }

    /** Closes the port; open questions are forgotten. Idempotent. */
    @Override
    public void close() {
        client.close(number);
    }
}
