package dev.reroam.tunnel.wireguard.see;

import dev.reroam.linux.ip.IpAddress;
import dev.reroam.linux.ip.IpPrefix;
import dev.reroam.linux.libc.Clock;
import dev.reroam.linux.libc.Errno;
import dev.reroam.linux.libc.LinuxException;
import dev.reroam.linux.route.Link;
import dev.reroam.loop.Alarm;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/**
 * Listens to what comes out of tunnels, one packet for each peer of which an address is wanted, so that it is known before
 * the fault. Never a standing capture: an ear is open for some seconds, and once in a minute at most. Confined to the agent
 * loop.
 */
final class InnerSampling {

    /** Ours: what carries more than keepalives is mostly heard within that, and nobody notices it. */
    static final long LISTENS_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** Ours: with the minute's reading at most, which may come a little early. */
    static final long AGAIN_NANOS = TimeUnit.SECONDS.toNanos(55);
    /** Ours: packets of others that pass the filter, such as those of a peer with a part of another one's network. */
    static final int MOST_PACKETS = 64;

    private final EventLoop loop;
    private final Clock clock;
    private final InnerTraffic traffic;
    private boolean refused;

    InnerSampling(EventLoop loop, Clock clock, InnerTraffic traffic) {
        this.loop = loop;
        this.clock = clock;
        this.traffic = traffic;
    }

    /** Whose address is wanted. */
    interface Wanting {
        /** The networks that wanted packets come from; none: nothing is wanted. */
        List<IpPrefix> wanted();

        /** A packet came from there; whether that was wanted. */
        boolean heard(IpAddress source);
    }

    /** For one device. */
    OfDevice of(Link link, Wanting wanting, Runnable news) {
        return new OfDevice(link, wanting, news);
    }

    /** The sampling of one device. */
    final class OfDevice {
        private final Link link;
        private final Wanting wanting;
        private final Runnable news;
        private final Alarm end;
        // Null while nobody listens.
        private InnerTraffic.@Nullable Ear ear;
        private long againAt = Long.MIN_VALUE;
        private int packets;

        private OfDevice(Link link, Wanting wanting, Runnable news) {
            this.link = link;
            this.wanting = wanting;
            this.news = news;
            this.end = new Alarm(loop, clock, this::close);
        }

        /** The device was read; listens where that is wanted. */
        void onReading() {
            long now = clock.monotonicNanos();
            if (refused || ear != null || now < againAt) {
                return;
            }
            var from = wanting.wanted();
            if (from.isEmpty()) {
                return;
            }
            againAt = now + AGAIN_NANOS;
            packets = 0;
            try {
                ear = traffic.listen(link, from, this::onPacket);
                end.setAt(now + LISTENS_NANOS);
            } catch (LinuxException e) {
                onRefusal(e);
            }
        }

        private void onRefusal(LinuxException e) {
            refused = List.of(Errno.EPERM, Errno.EACCES, Errno.EAFNOSUPPORT).contains(e.errno());
            if (refused) {
                // Said once: no later try can end otherwise.
                Logger.warn("no inner address is learned from what peers send: {}", e.getMessage());
            } else {
                Logger.debug("{} cannot be listened to: {}", link.name(), e.getMessage());
            }
        }

        private void onPacket(IpAddress source) {
            boolean isNews = wanting.heard(source);
            if (++packets == MOST_PACKETS || (isNews && wanting.wanted().isEmpty())) {
                close();
            }
            if (isNews) {
                news.run();
            }
        }

        /** Stops listening; idempotent. */
        void close() {
            end.cancel();
            var open = ear;
            ear = null;
            if (open != null) {
                open.close();
            }
        }
    }
}
