package dev.reroam.tunnel.wireguard;

import dev.reroam.linux.libc.Descriptor;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.Libc;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.libc.SocketAddress;
import dev.reroam.loop.Alarm;
import dev.reroam.tunnel.wireguard.UapiOwner.Residence;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one daemon. Confined to the agent loop; never blocks. Requests are answered in order, one at a time; every
 * request gets exactly one answer, on the loop, sometimes before the asking call returns.
 *
 * <p>The connection stays open, so that a change is one write away, and is made anew by the first request after the daemon was
 * restarted. A change goes only over a connection on which this daemon has told its device before: by then it is known whose
 * it is, and that it is not boringtun, which would panic.
 */
public final class UapiClient implements AutoCloseable {

    // Ours: holds a few dozen peers; larger answers come in several pieces.
    private static final int RECEIVE_BYTES = 16 << 10;

    private final UapiClients.Links links;
    private final String device;
    private final String path;
    private final UapiReader reader;
    private final ByteBuffer in = ByteBuffer.allocateDirect(RECEIVE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private final Alarm deadline;
    private final Queue<Pending> waiting = new ArrayDeque<>();

    // Null between requests.
    private @Nullable Pending current;
    // What was sent for it: itself, or the reading that must precede a change. Null until something was sent.
    private @Nullable UapiRequest asked;
    private boolean answering;

    // Null while not connected.
    private @Nullable Descriptor socket;
    // Of this connection or the one before; null before the first.
    private @Nullable UapiOwner owner;
    private boolean told;
    private Optional<String> notChangeable = Optional.empty();
    private boolean closed;

    UapiClient(UapiClients.Links links, String device, String path) {
        this.links = links;
        this.device = device;
        this.path = path;
        this.reader = new UapiReader(links.random());
        this.deadline = new Alarm(links.loop(), links.clock(), this::onSilence);
        // Refuses a path that is too long before anything is begun.
        SocketAddress.unix(path);
    }

    /** Asks for everything; {@link UapiAnswer.Told} when all is well. */
    public void read(int interfaceIndex, Consumer<UapiAnswer> then) {
        submit(new Pending(UapiRequest.GET, interfaceIndex, false, then));
    }

    /** Changes something; {@link UapiAnswer.Accepted} when all is well. */
    public void change(UapiRequest request, Consumer<UapiAnswer> then) {
        submit(new Pending(request, 0, false, then));
    }

    /** Where the socket is. */
    public String path() {
        return path;
    }

    /** Whose the socket was found to be; empty before the first connection. */
    public Optional<UapiOwner> owner() {
        return Optional.ofNullable(owner);
    }

    /** Ends the connection; idempotent. Requests under way and later ones end with {@link UapiAnswer.Absent}. */
    @Override
    public void close() {
        closed = true;
        disconnect();
        if (current != null) {
            finish(new UapiAnswer.Absent(Errno.ENOENT));
        }
    }

    private void submit(Pending request) {
        waiting.add(request);
        next();
    }

    private void next() {
        while (current == null) {
            var request = waiting.poll();
            if (request == null) {
                return;
            }
            current = request;
            begin(request);
        }
    }

    private void begin(Pending request) {
        if (closed) {
            finish(new UapiAnswer.Absent(Errno.ENOENT));
            return;
        }
        if (socket == null) {
            var obstacle = connect();
            if (obstacle.isPresent()) {
                disconnect();
                finish(obstacle.get());
                return;
            }
        }
        if (!request.request.isSet() || !told) {
            send(request, UapiRequest.GET);
        } else if (notChangeable.isPresent()) {
            finish(new UapiAnswer.NotChangeable(notChangeable.get()));
        } else {
            send(request, request.request);
        }
    }

    /** What is in the way; empty once connected. */
    private Optional<UapiAnswer> connect() {
        try {
            var made = Descriptor.socket("socket to " + path, Libc.AF_UNIX, Libc.SOCK_STREAM, 0);
            socket = made;
            int result = Libc.connect(made.fd(), SocketAddress.unix(path));
            if (result == -Errno.ENOENT.number() || result == -Errno.ECONNREFUSED.number()) {
                return Optional.of(new UapiAnswer.Absent(new Errno(-result)));
            }
            Libc.check("connect to " + path, result);
            var found = links.owners().of(made, path);
            owner = found;
            if (found.residence() == Residence.ELSEWHERE) {
                return Optional.of(new UapiAnswer.Elsewhere());
            }
            made.onReadable(links.descriptors(), this::onReadable);
            return Optional.empty();
        } catch (LinuxException e) {
            return Optional.of(new UapiAnswer.Unusable(e.operation(), e.errno()));
        }
    }

    private void disconnect() {
        var open = socket;
        socket = null;
        told = false;
        if (open != null) {
            open.close();
        }
        in.clear();
        UapiReader.clear(in, 0, in.capacity());
    }

    private void send(Pending request, UapiRequest text) {
        var open = socket;
        if (open == null) {
            throw new IllegalStateException("not connected to " + path);
        }
        asked = text;
        answering = false;
        reader.begin();
        var out = links.out().clear().put(text.bytes()).flip();
        int sent = Libc.send(open.fd(), out, Libc.MSG_NOSIGNAL | Libc.MSG_DONTWAIT);
        if (sent == -Errno.EPIPE.number() || sent == -Errno.ECONNRESET.number()) {
            onHangUp(request, new Errno(-sent));
        } else if (sent != out.remaining()) {
            // Everything asked before was answered, so the buffer is empty and has room: this daemon reads nothing.
            disconnect();
            finish(new UapiAnswer.Unusable("send to " + path, sent < 0 ? new Errno(-sent) : Errno.EAGAIN));
        } else {
            deadline.setWithin(links.answerLimit().toNanos());
        }
    }

    private void onReadable() {
        var open = socket;
        if (open == null) {
            return;
        }
        int received = Libc.receive(open.fd(), in, Libc.MSG_DONTWAIT);
        if (received == -Errno.EAGAIN.number()) {
            return;
        }
        var request = current;
        if (received <= 0) {
            disconnect();
            if (request != null) {
                onHangUp(request, received == 0 ? Errno.ECONNRESET : new Errno(-received));
            }
            return;
        }
        in.position(in.position() + received);
        if (request == null) {
            // Bytes that nobody asked for: whatever follows could not be told from an answer.
            disconnect();
            return;
        }
        answering = true;
        // What did not fit calls again.
        onBytes(request);
    }

    private void onBytes(Pending request) {
        boolean complete;
        in.flip();
        try {
            complete = reader.read(in);
        } catch (UapiSyntaxException e) {
            disconnect();
            finish(new UapiAnswer.Garbled(e));
            return;
        }
        int end = in.limit();
        in.compact();
        UapiReader.clear(in, in.position(), end);
        if (complete) {
            onAnswer(request);
        }
    }

    private void onAnswer(Pending request) {
        boolean refused = reader.errno() != 0;
        if (refused) {
            finish(new UapiAnswer.Refused(new Errno(reader.errno())));
            return;
        }
        if (asked != UapiRequest.GET) {
            finish(new UapiAnswer.Accepted());
            return;
        }
        told = true;
        notChangeable = whyNotChangeable();
        if (request.request.isSet()) {
            begin(request);
        } else {
            finish(new UapiAnswer.Told(reader.device(request.interfaceIndex, device), notChangeable));
        }
    }

    private Optional<String> whyNotChangeable() {
        var known = owner;
        if (reader.tellsOwnPublicKey() || (known != null && known.isBoringtun())) {
            return Optional.of("boringtun panics when a peer is changed");
        }
        if (known == null || known.residence() != Residence.HERE) {
            return Optional.of("whose network namespace its daemon is in cannot be told");
        }
        return Optional.empty();
    }

    /** The daemon is gone. A request that it had not begun to answer is asked once more, of its successor. */
    private void onHangUp(Pending request, Errno errno) {
        disconnect();
        if (answering || request.again) {
            finish(new UapiAnswer.Absent(errno));
            return;
        }
        var again = new Pending(request.request, request.interfaceIndex, true, request.then);
        current = again;
        begin(again);
    }

    private void onSilence() {
        // An answer that comes late would be taken for the next one's.
        disconnect();
        finish(new UapiAnswer.Silent());
    }

    private void finish(UapiAnswer answer) {
        deadline.cancel();
        var request = current;
        current = null;
        asked = null;
        if (request != null) {
            request.then.accept(answer);
        }
        next();
    }

    /** A request in the queue. */
    private record Pending(UapiRequest request, int interfaceIndex, boolean again, Consumer<UapiAnswer> then) {}
}
