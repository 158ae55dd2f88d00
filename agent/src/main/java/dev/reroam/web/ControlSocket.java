package dev.reroam.web;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.tinylog.Logger;

/** The unix socket on which the agent can be asked. Confined to the agent loop once it is open. */
@SuppressWarnings("FutureReturnValueIgnored") // Closing a channel has no outcome that anybody could act on.
public final class ControlSocket implements AutoCloseable {

    /** What one client may leave unread before it is dropped. A burst of a few hundred events fits. */
    static final int UNREAD_BYTES = 64 * 1024;

    /** Local programs ask one thing and go; a page and some scripts are a handful. */
    static final int MOST_CONNECTIONS = 32;

    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_HEADERS = 8192;
    private static final int LONGEST_BODY = 4096;

    /** unix(7): sun_path has 108 bytes, one of them for the end. */
    private static final int LONGEST_PATH = 107;

    private final Path path;
    private final Channel server;
    private final Set<Channel> clients;

    private ControlSocket(Path path, Channel server, Set<Channel> clients) {
        this.path = path;
        this.server = server;
        this.clients = clients;
    }

    /**
     * Opens the socket, mode 0660. The caller holds the agent's lock: a socket that nobody listens on is then left over
     * from an agent that died, and is removed. A file that is no socket, or a socket that somebody answers on, is not.
     *
     * @param loop the agent loop, on epoll or NIO; may or may not be the calling thread
     * @return done when it can be connected to; fails with an IOException
     */
    public static Future<ControlSocket> open(IoEventLoop loop, Path path, Api api) {
        Promise<ControlSocket> opened = loop.newPromise();
        loop.execute(() -> {
            try {
                makeRoom(path);
            } catch (IOException e) {
                opened.setFailure(e);
                return;
            }
            bind(loop, path, api, opened);
        });
        return opened;
    }

    private static void bind(IoEventLoop loop, Path path, Api api, Promise<ControlSocket> opened) {
        boolean epoll = loop.isIoType(EpollIoHandler.class);
        Class<? extends ServerChannel> type =
                epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
        SocketAddress address = epoll ? new DomainSocketAddress(path.toFile()) : UnixDomainSocketAddress.of(path);
        Set<Channel> clients = new HashSet<>();
        var readers = new Connection.Readers();
        ChannelFuture bound = new ServerBootstrap()
                .group(loop)
                .channel(type)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(UNREAD_BYTES / 2, UNREAD_BYTES))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        admit(client, clients, api, readers);
                    }
                })
                .bind(address);
        bound.addListener(done -> {
            try {
                if (!done.isSuccess()) {
                    throw new IOException(
                            "cannot listen on " + path + ": " + done.cause().getMessage(), done.cause());
                }
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw----"));
                opened.setSuccess(new ControlSocket(path, bound.channel(), clients));
            } catch (IOException e) {
                bound.channel().close();
                opened.setFailure(e);
            }
        });
    }

    private static void admit(Channel client, Set<Channel> clients, Api api, Connection.Readers readers) {
        if (clients.size() >= MOST_CONNECTIONS) {
            client.close();
            return;
        }
        clients.add(client);
        client.closeFuture().addListener(closed -> clients.remove(client));
        client.pipeline()
                .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEADERS, LONGEST_BODY))
                .addLast(new HttpObjectAggregator(LONGEST_BODY, true))
                .addLast(new Connection(api, readers));
    }

    private static void makeRoom(Path path) throws IOException {
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_PATH) {
            throw new IOException(path + ": a socket's path can have " + LONGEST_PATH + " bytes, this has " + length);
        }
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isOther()) {
                throw new IOException(path + ": is there, and is not a socket");
            } else if (answered(path)) {
                throw new IOException(path + ": another program listens on it");
            }
            Files.delete(path);
        }
    }

    private static boolean answered(Path path) throws IOException {
        try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            // Non-blocking: unix(7) connects at once or not at all, and a full backlog must not stop us.
            probe.configureBlocking(false);
            return probe.connect(UnixDomainSocketAddress.of(path));
        } catch (java.net.ConnectException e) {
            // ECONNREFUSED: nobody has it open any more.
            return false;
        }
    }

    /** Hangs up on everybody and removes the file; idempotent. On the loop. */
    @Override
    public void close() {
        server.close();
        Set.copyOf(clients).forEach(Channel::close);
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            // The next agent removes it, under its own lock.
            Logger.warn("{} cannot be removed: {}", path, e.toString());
        }
    }
}
