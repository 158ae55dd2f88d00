package dev.reroam.netcheck;

import dev.reroam.linux.ip.Endpoint;
import dev.reroam.uplink.Uplink;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Gets one page over one uplink, and of that the head: one request on one connection, no redirection followed, 8 KiB read at
 * most. Has no deadline of its own; whoever began it closes it. Confined to the loop.
 *
 * <p>Bound to the uplink's interface and address; where Netty has no epoll to the address alone, which is why the way is
 * confirmed before.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Closing and writing: the outcome is the answer, or whoever closes.
final class PortalFetch implements AutoCloseable {

    // asm-generic/socket.h SOL_SOCKET, SO_BINDTODEVICE; linux/if.h IFNAMSIZ
    private static final int NAME_LENGTH = 16;
    private static final RawUnixChannelOption BIND_TO_DEVICE =
            new RawUnixChannelOption("SO_BINDTODEVICE", 1, 25, NAME_LENGTH);

    private final Consumer<PortalAnswer> then;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private final Channel channel;
    private boolean over;

    private PortalFetch(IoEventLoop loop, Uplink uplink, Endpoint server, PortalUrl url, Consumer<PortalAnswer> then) {
        this.then = then;
        boolean epoll = loop.isIoType(EpollIoHandler.class);
        var bootstrap = new Bootstrap()
                .group(loop)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                .handler(new Reader(request(url)));
        if (epoll) {
            var device = ByteBuffer.allocateDirect(NAME_LENGTH);
            device.put(0, uplink.interfaceName().getBytes(StandardCharsets.UTF_8));
            bootstrap.option(BIND_TO_DEVICE, device);
        }
        var connected = bootstrap.connect(address(server), address(new Endpoint(uplink.source(), 0)));
        channel = connected.channel();
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                end(new PortalAnswer.None(String.valueOf(done.cause().getMessage())));
            }
        });
    }

    /**
     * Begins.
     *
     * @param then is told once, on the loop and never within this call; not at all when what is returned is closed first
     */
    static PortalFetch begin(
            IoEventLoop loop, Uplink uplink, Endpoint server, PortalUrl url, Consumer<PortalAnswer> then) {
        return new PortalFetch(loop, uplink, server, url, answer -> loop.execute(() -> then.accept(answer)));
    }

    private static String request(PortalUrl url) {
        return "GET " + url.path() + " HTTP/1.1\r\nHost: " + url.authority()
                + "\r\nUser-Agent: reroam\r\nAccept: */*\r\nConnection: close\r\n\r\n";
    }

    private static InetSocketAddress address(Endpoint endpoint) {
        try {
            return new InetSocketAddress(
                    InetAddress.getByAddress(endpoint.address().bytes()), endpoint.port());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private void end(PortalAnswer answer) {
        if (!over) {
            over = true;
            then.accept(answer);
        }
    }

    /** Ends it, and nobody is told; idempotent. */
    @Override
    public void close() {
        over = true;
        channel.close();
    }

    /** The connection. */
    private final class Reader extends SimpleChannelInboundHandler<ByteBuf> {

        private final String request;

        Reader(String request) {
            this.request = request;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.copiedBuffer(request, StandardCharsets.US_ASCII));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
            byte[] more = ByteBufUtil.getBytes(bytes);
            head.writeBytes(Arrays.copyOf(more, Math.min(more.length, PortalHead.LARGEST - head.size())));
            if (PortalHead.isWhole(head.toByteArray())) {
                end(PortalHead.read(head.toByteArray()));
                context.close();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end(
                    head.size() == 0
                            ? new PortalAnswer.None("closed without an answer")
                            : PortalHead.read(head.toByteArray()));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end(new PortalAnswer.None(String.valueOf(cause.getMessage())));
            context.close();
        }
    }
}
