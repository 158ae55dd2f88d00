package dev.reroam.tunnel.tailscale.see;

import dev.reroam.host.UnixSockets;
import dev.reroam.linux.libc.Clock;
import dev.reroam.loop.Alarm;
import dev.reroam.tunnel.tailscale.LocalApi;
import dev.reroam.tunnel.tailscale.NodeStatus;
import dev.reroam.tunnel.tailscale.NodeView;
import dev.reroam.tunnel.tailscale.Notice;
import dev.reroam.tunnel.tailscale.NoticeReader;
import dev.reroam.tunnel.tailscale.PrefsReader;
import dev.reroam.tunnel.tailscale.StatusReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Finds tailscaled, follows its bus, and reads its status when that says something, when somebody wants to know, and once a
 * minute. It may start, stop, be upgraded or be absent at any time. Confined to the agent loop.
 */
public final class NodeWatch implements AutoCloseable {

    /** Where it listens: paths/paths_unix.go, and the packages of OpenWrt, DSM 7, DSM 6 and QNAP. */
    public static final List<Path> SOCKETS = Stream.of(
                    "/var/run/tailscale/tailscaled.sock",
                    "/run/tailscale/tailscaled.sock",
                    "/var/packages/Tailscale/var/tailscaled.sock",
                    "/var/packages/Tailscale/etc/tailscaled.sock",
                    "/tmp/tailscale/tailscaled.sock")
            .map(Path::of)
            .toList();

    /** ipn/localapi/debug.go: an action that no version has, so that nothing is done; who may not act is told so first. */
    private static final String PROBE = "debug?action=none";

    private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(60);
    // A bus that lasted so long was a good one.
    private static final long LASTS = TimeUnit.SECONDS.toNanos(60);
    private static final int OK = 200;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    /**
     * What it works with.
     *
     * @param proc where procfs is mounted
     * @param sockets where it may listen, the best first; {@link #SOCKETS} where nobody says otherwise
     * @param pace {@link Pace#USUAL} but in tests
     * @param onNode is told whenever something is different; of nothing when there is no tailscaled any more
     */
    public record Outside(
            IoEventLoop loop,
            Clock clock,
            Path proc,
            List<Path> sockets,
            Pace pace,
            Consumer<Optional<NodeView>> onNode) {}

    /**
     * How long it waits.
     *
     * @param deadlineMillis for an answer
     * @param waitNanos before a daemon that broke off is tried again; doubled each time, to a minute
     */
    public record Pace(long deadlineMillis, long waitNanos) {
        /** The one that ships. */
        public static final Pace USUAL = new Pace(LocalApi.DEADLINE_MILLIS, TimeUnit.SECONDS.toNanos(1));
    }

    private final Outside outside;
    private final Alarm retry;
    private @Nullable LocalApi daemon;
    private Optional<NodeView> told = Optional.empty();
    private long wait;
    private long begunAt;
    private boolean asking;
    private boolean askAgain;
    private boolean withoutPeers;
    private long malformed;

    /** A watch that has not looked yet. */
    public NodeWatch(Outside outside) {
        this.outside = outside;
        this.wait = outside.pace().waitNanos();
        this.retry = new Alarm(outside.loop(), outside.clock(), this::look);
    }

    /** Something may be different: looks for the daemon where none is known, else asks it. */
    public void look() {
        if (daemon != null) {
            ask();
            return;
        }
        Optional<Path> found = find();
        if (found.isEmpty()) {
            retry.cancel();
            tell(Optional.empty());
        } else if (!retry.isSet()) {
            begin(found.get());
        }
    }

    private Optional<Path> find() {
        return outside.sockets().stream()
                .filter(path -> Files.exists(path) && UnixSockets.isListening(outside.proc(), path.toString()))
                .findFirst();
    }

    private void begin(Path socket) {
        var api = new LocalApi(outside.loop(), socket, outside.pace().deadlineMillis());
        daemon = api;
        begunAt = outside.clock().monotonicNanos();
        withoutPeers = false;
        tell(Optional.of(NodeView.first(socket)));
        api.listen(new LocalApi.Heard() {
            @Override
            public void onLine(String line) {
                if (daemon == api) {
                    onNotice(line);
                }
            }

            @Override
            public void onEnd(String why) {
                if (daemon == api) {
                    end(why);
                }
            }
        });
        api.post(PROBE, new Asked(api) {
            @Override
            void take(int code, ByteBuf body) {
                update(view -> view.with(leave(code)));
            }

            @Override
            void fail(String why) {
                // What is wrong is seen by the questions that matter; a repair finds out by itself.
                Logger.debug("tailscaled does not say whether it may be repaired: {}", why);
            }
        });
        askPrefs(api);
        ask();
    }

    /** What it is meant to do; where it does not say, nothing stands on it. */
    private void askPrefs(LocalApi api) {
        api.get("prefs", new Asked(api) {
            @Override
            void take(int code, ByteBuf body) {
                if (code != OK) {
                    fail("HTTP " + code + " " + LocalApi.words(body));
                    return;
                }
                try {
                    var prefs = PrefsReader.read(text(body));
                    update(view -> view.with(prefs));
                } catch (IOException e) {
                    malformed(e);
                }
            }

            @Override
            void fail(String why) {
                Logger.debug("tailscaled does not say what it is meant to do: {}", why);
            }
        });
    }

    private static Reader text(ByteBuf body) {
        return new InputStreamReader(new ByteBufInputStream(body.slice()), StandardCharsets.UTF_8);
    }

    private static NodeView.Leave leave(int code) {
        return switch (code) {
            case OK, BAD_REQUEST -> NodeView.Leave.GIVEN;
            case FORBIDDEN -> NodeView.Leave.REFUSED;
            case NOT_FOUND -> NodeView.Leave.ABSENT;
            default -> NodeView.Leave.UNKNOWN;
        };
    }

    /** The daemon is gone, or does not speak: what was known of it is kept and marked, and it is tried again later. */
    private void end(String why) {
        LocalApi api = daemon;
        daemon = null;
        asking = false;
        askAgain = false;
        if (api != null) {
            api.close();
        }
        boolean lasted = outside.clock().monotonicNanos() - begunAt >= LASTS;
        wait = lasted ? outside.pace().waitNanos() : Math.min(2 * wait, LONGEST_WAIT);
        retry.setWithin(wait);
        update(view -> view.with(why));
    }

    private void onNotice(String line) {
        Notice notice;
        try {
            notice = NoticeReader.read(line);
        } catch (IOException e) {
            malformed(e);
            return;
        }
        notice.warnings().ifPresent(warnings -> update(view -> view.with(warnings)));
        if (notice.prefs() && daemon != null) {
            askPrefs(daemon);
        }
        if (notice.state().isPresent() || notice.warnings().isPresent()) {
            ask();
        }
    }

    /** Reads the status; while that lasts, further wishes are one. */
    public void ask() {
        LocalApi api = daemon;
        if (api == null) {
            return;
        }
        if (asking) {
            askAgain = true;
            return;
        }
        asking = true;
        api.get(withoutPeers ? "status?peers=false" : "status", new Asked(api) {
            @Override
            void take(int code, ByteBuf body) {
                asking = false;
                if (code == OK) {
                    onStatus(body);
                } else {
                    end("its status is refused: HTTP " + code + " " + LocalApi.words(body));
                }
                again();
            }

            @Override
            void fail(String why) {
                asking = false;
                end(why);
            }

            @Override
            void tooLarge() {
                asking = false;
                // Larger than what may be kept of it: this node alone then.
                if (withoutPeers) {
                    end("a status that is too large");
                } else {
                    withoutPeers = true;
                    ask();
                }
            }
        });
    }

    private void again() {
        if (askAgain && daemon != null) {
            askAgain = false;
            ask();
        }
    }

    private void onStatus(ByteBuf body) {
        NodeStatus status;
        try {
            status = StatusReader.read(text(body));
        } catch (IOException e) {
            malformed(e);
            update(view -> view.with("its status cannot be read: " + e.getMessage()));
            return;
        }
        update(view -> view.with(status));
    }

    private void malformed(IOException why) {
        if (malformed++ == 0) {
            Logger.warn("tailscaled says what cannot be read, this is logged once: {}", why.getMessage());
        }
    }

    /** What it said that could not be read. */
    public long malformed() {
        return malformed;
    }

    private interface Change {
        NodeView of(NodeView view);
    }

    private void update(Change change) {
        told.ifPresent(view -> tell(Optional.of(change.of(view))));
    }

    private void tell(Optional<NodeView> view) {
        if (!view.equals(told)) {
            told = view;
            outside.onNode().accept(view);
        }
    }

    @Override
    public void close() {
        retry.close();
        LocalApi api = daemon;
        daemon = null;
        if (api != null) {
            api.close();
        }
    }

    /** The outcome of a question to a daemon that is still the one that is watched; of another one nobody cares. */
    private abstract class Asked implements LocalApi.Answered {

        private final LocalApi api;

        Asked(LocalApi api) {
            this.api = api;
        }

        abstract void take(int code, ByteBuf body);

        abstract void fail(String why);

        void tooLarge() {
            fail("an answer of more than " + LocalApi.LARGEST_ANSWER + " bytes");
        }

        @Override
        public void onAnswer(int code, ByteBuf body) {
            if (daemon == api) {
                take(code, body);
            }
        }

        @Override
        public void onFailure(String why) {
            if (daemon == api) {
                fail(why);
            }
        }

        @Override
        public void onTooLarge() {
            if (daemon == api) {
                tooLarge();
            }
        }
    }
}
