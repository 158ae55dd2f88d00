package dev.reroam.tests.simulation.world;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.tests.simulation.world.Message.Data;
import dev.reroam.tests.simulation.world.Message.Initiation;
import dev.reroam.tests.simulation.world.Message.Inner;
import dev.reroam.tests.simulation.world.Message.Kind;
import dev.reroam.tests.simulation.world.Message.Response;
import dev.reroam.tests.simulation.world.Message.Session;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One peer of a device: its sessions, its endpoint, its sticky source and its timers, as drivers/net/wireguard/timers.c has
 * them. Confined to its run's thread.
 *
 * <ul>
 *   <li>handshake: an initiation that nobody answers is repeated after 5 s and up to a third, 18 times; each repeat clears the
 *       source. Never two within 5 s.
 *   <li>new handshake: 15 s after something was sent that should have been answered and was not; clears the source.
 *   <li>passive keepalive: 10 s after something was received and nothing sent.
 *   <li>persistent keepalive: so long after anything authentic was sent or received; 0 to N sends one at once.
 *   <li>a session is renewed by who began it when it is used after 120 s, and is dead after 180 s.
 * </ul>
 */
public final class WgPeer {

    /** When there was none. */
    public static final long NEVER = Long.MIN_VALUE;

    // drivers/net/wireguard/messages.h
    static final long REKEY_AFTER = 120 * VirtualTime.SECOND;
    static final long REJECT_AFTER = 180 * VirtualTime.SECOND;
    private static final long REKEY_TIMEOUT = 5 * VirtualTime.SECOND;
    private static final long JITTER = 333 * VirtualTime.MILLI;
    private static final long KEEPALIVE = 10 * VirtualTime.SECOND;
    private static final int ATTEMPTS = 90 / 5;
    private static final int MOST_STAGED = 16;

    private final WgDevice device;
    private final String key;
    private final Optional<Endpoint> configuredEndpoint;
    private final int configuredKeepalive;
    private final Timer retransmit;
    private final Timer newHandshake;
    private final Timer passive;
    private final Timer persistent;
    private final ArrayDeque<Inner> staged = new ArrayDeque<>();
    private @Nullable Endpoint endpoint;
    private @Nullable Sticky sticky;
    private int keepalive;
    private @Nullable Keypair current;
    private @Nullable Keypair previous;
    private @Nullable Keypair next;
    private long initiation;
    private boolean initiating;
    private boolean everHeard;
    private boolean another;
    private int attempts;
    private long initiatedAt = NEVER;
    private long newestSeen = NEVER;
    private long handshakeAt = NEVER;
    private long receivedAt = NEVER;
    private long received;
    private long sent;
    private final Counted counted = new Counted();

    WgPeer(WgDevice device, String key, @Nullable Endpoint endpoint, int keepalive) {
        this.device = device;
        this.key = key;
        this.endpoint = endpoint;
        this.keepalive = keepalive;
        configuredEndpoint = Optional.ofNullable(endpoint);
        configuredKeepalive = keepalive;
        retransmit = new Timer(device.time, this::unanswered);
        newHandshake = new Timer(device.time, this::silent);
        passive = new Timer(device.time, this::acknowledge);
        persistent = new Timer(device.time, () -> send(Inner.KEEPALIVE));
    }

    public WgDevice device() {
        return device;
    }

    /** The peer's public key. */
    public String key() {
        return key;
    }

    public Optional<Endpoint> endpoint() {
        return Optional.ofNullable(endpoint);
    }

    Optional<Sticky> sticky() {
        return Optional.ofNullable(sticky);
    }

    /** Seconds; 0 when off. */
    public int keepalive() {
        return keepalive;
    }

    /** Bytes. */
    public long received() {
        return received;
    }

    /** Bytes. */
    public long sent() {
        return sent;
    }

    /** What its share of the interface's counters is. */
    public Counted counted() {
        return counted;
    }

    /** When the last handshake completed. */
    public long handshakeAt() {
        return handshakeAt;
    }

    /** When the last authentic packet came, which no counter tells. */
    public long receivedAt() {
        return receivedAt;
    }

    /** Whether anything authentic ever came, also before the device was made anew. */
    public boolean everHeard() {
        return everHeard;
    }

    /** Whether what the other end sends now is understood here: not so while it uses a session that was given up here. */
    boolean understands(WgPeer other) {
        Keypair used = other.current;
        return used != null && pair(used.session) != null;
    }

    /** Whether a session is alive at this end. */
    public boolean hasSession() {
        return alive(current);
    }

    /** Sends something through the tunnel; it waits for a session where there is none. */
    public void send(Inner inner) {
        if (!device.up() || endpoint == null) {
            return;
        }
        Keypair by = current;
        if (by == null || !alive(by)) {
            if (inner.kind() != Kind.KEEPALIVE) {
                staged.add(inner);
                if (staged.size() > MOST_STAGED) {
                    staged.remove();
                }
            }
            initiate(false);
            return;
        }
        transmit(by, inner);
        if (by.initiator && device.time.now() - by.madeAt > REKEY_AFTER) {
            initiate(false);
        }
    }

    private void transmit(Keypair by, Inner inner) {
        passive.cancel();
        if (inner.kind() != Kind.KEEPALIVE && !newHandshake.isSet()) {
            newHandshake.setIn(KEEPALIVE + REKEY_TIMEOUT + device.chance.between(0, JITTER));
        }
        put(new Data(by.session, device.key(), key, by.counter++, inner));
    }

    private void put(Message message) {
        persist();
        Endpoint to = endpoint;
        if (to != null) {
            sent += message.bytes();
            counted.sent(message, device.kernel());
            sticky = device.host.send(device, sticky, to, message).orElse(null);
        }
    }

    private void persist() {
        if (keepalive > 0) {
            persistent.setIn(keepalive * VirtualTime.SECOND);
        }
    }

    private void initiate(boolean repeated) {
        long now = device.time.now();
        if (endpoint == null || (initiatedAt != NEVER && now - initiatedAt < REKEY_TIMEOUT)) {
            return;
        }
        if (!repeated) {
            attempts = 0;
        }
        initiatedAt = now;
        initiation++;
        initiating = true;
        retransmit.setIn(REKEY_TIMEOUT + device.chance.between(0, JITTER));
        put(new Initiation(device.key(), key, initiation, now));
    }

    private void unanswered() {
        initiating = false;
        if (attempts >= ATTEMPTS) {
            passive.cancel();
            staged.clear();
            return;
        }
        attempts++;
        sticky = null;
        initiate(true);
    }

    private void acknowledge() {
        boolean goesOn = another;
        another = false;
        send(Inner.KEEPALIVE);
        if (goesOn) {
            passive.setIn(KEEPALIVE);
        }
    }

    private void silent() {
        sticky = null;
        initiate(false);
    }

    void initiated(Initiation message, Endpoint from, Sticky by) {
        // A doubled or an older one: TAI64N stamps only grow.
        if (message.at() <= newestSeen) {
            return;
        }
        newestSeen = message.at();
        authentic(message, from, by);
        var session = new Session(device.chance.next(), key);
        next = new Keypair(session, device.time.now(), false);
        previous = null;
        // There is one state for both roles: what we had begun ourselves is answered too late, and repeated in 5 s.
        initiating = false;
        put(new Response(device.key(), key, message.index(), session));
    }

    void responded(Response message, Endpoint from, Sticky by) {
        if (!initiating || message.index() != initiation) {
            return;
        }
        initiating = false;
        retransmit.cancel();
        authentic(message, from, by);
        // noise.c add_new_keypair: one that the other side began meanwhile may be in use there.
        previous = next != null ? next : current;
        Keypair made = new Keypair(message.session(), device.time.now(), true);
        current = made;
        next = null;
        handshakeAt = device.time.now();
        if (staged.isEmpty()) {
            transmit(made, Inner.KEEPALIVE);
        }
        flush();
    }

    void received(Data data, Endpoint from, Sticky by) {
        Keypair pair = pair(data.session());
        if (pair == null || !alive(pair) || !pair.isNew(data.counter())) {
            return;
        }
        if (pair == next) {
            previous = current;
            current = pair;
            next = null;
            handshakeAt = device.time.now();
            initiating = false;
            retransmit.cancel();
        }
        authentic(data, from, by);
        newHandshake.cancel();
        flush();
        if (data.inner().kind() != Kind.KEEPALIVE) {
            if (passive.isSet()) {
                another = true;
            } else {
                passive.setIn(KEEPALIVE);
            }
            device.host.inner(this, data.inner());
        }
        long age = device.time.now() - pair.madeAt;
        if (pair.initiator && pair == current && age > REJECT_AFTER - KEEPALIVE - REKEY_TIMEOUT) {
            initiate(false);
        }
    }

    private void authentic(Message message, Endpoint from, Sticky by) {
        received += message.bytes();
        counted.received(message, device.kernel());
        receivedAt = device.time.now();
        everHeard = true;
        endpoint = from;
        sticky = by;
        persist();
    }

    private void flush() {
        Keypair by = current;
        while (by != null && alive(by) && !staged.isEmpty()) {
            transmit(by, staged.remove());
        }
    }

    private @Nullable Keypair pair(Session session) {
        for (Keypair pair : new Keypair[] {current, next, previous}) {
            if (pair != null && pair.session.equals(session)) {
                return pair;
            }
        }
        return null;
    }

    private boolean alive(@Nullable Keypair pair) {
        return pair != null && device.time.now() - pair.madeAt < REJECT_AFTER;
    }

    /** Setting the endpoint that it has, or a mark: the next packet asks the kernel anew. */
    public void clearSource() {
        sticky = null;
    }

    /** From off to on sends a keepalive at once; any other change waits for its time. */
    public void keepalive(int seconds) {
        boolean begins = keepalive == 0 && seconds > 0;
        keepalive = seconds;
        if (seconds == 0) {
            persistent.cancel();
        } else if (begins) {
            send(Inner.KEEPALIVE);
            persist();
        }
    }

    /** All that a device loses when it goes. */
    void forget() {
        current = null;
        previous = null;
        next = null;
        initiating = false;
        initiatedAt = NEVER;
        handshakeAt = NEVER;
        receivedAt = NEVER;
        received = 0;
        sent = 0;
        sticky = null;
        staged.clear();
        retransmit.cancel();
        newHandshake.cancel();
        passive.cancel();
        persistent.cancel();
        endpoint = configuredEndpoint.orElse(null);
        keepalive = configuredKeepalive;
    }

    /** It is set up: a persistent keepalive begins. */
    void configured() {
        if (keepalive > 0) {
            send(Inner.KEEPALIVE);
            persist();
        }
    }
}
