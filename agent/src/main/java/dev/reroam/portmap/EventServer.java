package dev.reroam.portmap;

import dev.reroam.portmap.gateway.Octets;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Where the gateway tells UPnP events (GENA, UDA section 4.3): a port on the uplink's address that nobody but the gateway
 * can use, and only with the path that it was told. Confined to the agent loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Closing has no outcome that anybody could act on.
final class EventServer implements AutoCloseable {

    private static final int LONGEST_LINE = 1024;
    private static final int LONGEST_HEADERS = 4096;
    private static final int LARGEST_BODY = 64 * 1024;
    private static final int MOST_CONNECTIONS = 4;
    private static final long PATIENCE_SECONDS = 2;

    private final UplinkFacts uplink;
    private final String path;
    private final BiConsumer<String, Octets> told;
    private final Channel server;
    private final Set<Channel> clients = new HashSet<>();

    /**
     * Starts to open; {@code opened} is told the whole address, or empty text when that failed.
     *
     * @param path unguessable, beginning with a slash
     * @param told the subscription and the body of each event
     */
    EventServer(
            IoEventLoop loop,
            UplinkFacts uplink,
            String path,
            BiConsumer<String, Octets> told,
            Consumer<String> opened) {
        this.uplink = uplink;
        this.path = path;
        this.told = told;
        boolean epoll = loop.isIoType(EpollIoHandler.class);
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                        admit(client);
                    }
                })
                .bind(GatewayHttp.socketAddress(uplink.local().bytes(), 0));
        server = bound.channel();
        bound.addListener(done -> opened.accept(
                done.isSuccess()
                        ? "http://" + uplink.local() + ":" + ((InetSocketAddress) server.localAddress()).getPort()
                                + path
                        : ""));
    }

    private void admit(Channel client) {
        boolean gateway = client.remoteAddress() instanceof InetSocketAddress from
                && Arrays.equals(
                        from.getAddress().getAddress(), uplink.gateway().bytes());
        if (!gateway || clients.size() >= MOST_CONNECTIONS) {
            client.close();
            return;
        }
        clients.add(client);
        client.closeFuture().addListener(closed -> clients.remove(client));
        client.eventLoop().schedule(() -> client.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
        client.pipeline()
                .addLast(new HttpServerCodec(LONGEST_LINE, LONGEST_HEADERS, LARGEST_BODY))
                .addLast(new HttpObjectAggregator(LARGEST_BODY, true))
                .addLast(new Events());
    }

    @Override
    public void close() {
        server.close();
        Set.copyOf(clients).forEach(Channel::close);
    }

    private final class Events extends SimpleChannelInboundHandler<FullHttpRequest> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
            String subscription = request.headers().get("SID", "");
            boolean good = request.decoderResult().isSuccess()
                    && request.method().name().equals("NOTIFY")
                    && request.uri().equals(path)
                    && !subscription.isEmpty();
            var response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    good ? HttpResponseStatus.OK : HttpResponseStatus.PRECONDITION_FAILED,
                    Unpooled.EMPTY_BUFFER);
            response.headers()
                    .set(HttpHeaderNames.CONTENT_LENGTH, 0)
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            byte[] body = ByteBufUtil.getBytes(request.content());
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            if (good) {
                told.accept(subscription, Octets.of(body));
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            // A gateway that hung up, or speaks no HTTP: nothing is lost but the event, and renewals go on.
            context.close();
        }
    }
}
