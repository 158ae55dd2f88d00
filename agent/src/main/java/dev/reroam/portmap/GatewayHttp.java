package dev.reroam.portmap;

import dev.reroam.portmap.gateway.HttpAnswer;
import dev.reroam.portmap.gateway.HttpRequest;
import dev.reroam.portmap.gateway.Octets;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * HTTP towards one gateway: each request on a connection of its own, over the uplink's address and interface, answered
 * within 2 s and 64 KiB or failed. Confined to the agent loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Closing and writing: the outcome is the answer, or the deadline.
final class GatewayHttp implements AutoCloseable {

    static final int LARGEST_BODY = 64 * 1024;
    static final long DEADLINE_MILLIS = 2000;

    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_HEADERS = 8192;
    // asm-generic/socket.h SOL_SOCKET, SO_BINDTODEVICE; linux/if.h IFNAMSIZ
    private static final RawUnixChannelOption BIND_TO_DEVICE = new RawUnixChannelOption("SO_BINDTODEVICE", 1, 25, 16);

    /** Is told the one outcome of a request. */
    interface Outcome {

        void onAnswer(HttpAnswer answer);

        void onFailure(String why);
    }

    private final IoEventLoop loop;
    private final UplinkFacts uplink;
    private final Set<Channel> open = new HashSet<>();

    GatewayHttp(IoEventLoop loop, UplinkFacts uplink) {
        this.loop = loop;
        this.uplink = uplink;
    }

    void ask(HttpRequest request, Outcome outcome) {
        boolean epoll = loop.isIoType(EpollIoHandler.class);
        var exchange = new Exchange(request, uplink, outcome);
        var bootstrap = new Bootstrap()
                .group(loop)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) DEADLINE_MILLIS)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open.add(channel);
                        channel.closeFuture().addListener(closed -> open.remove(channel));
                        channel.pipeline()
                                .addLast(new HttpClientCodec(LONGEST_LINE, LONGEST_HEADERS, LONGEST_HEADERS))
                                .addLast(new HttpObjectAggregator(LARGEST_BODY, true))
                                .addLast(exchange);
                    }
                });
        if (epoll) {
            bootstrap.option(BIND_TO_DEVICE, device(uplink.interfaceName()));
        }
        var connected = bootstrap.connect(
                socketAddress(uplink.gateway().bytes(), request.port()),
                socketAddress(uplink.local().bytes(), 0));
        var channel = connected.channel();
        loop.schedule(() -> exchange.fail(channel, "no answer within 2 s"), DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                exchange.fail(channel, String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private static ByteBuffer device(String name) {
        var buffer = ByteBuffer.allocateDirect(16);
        buffer.put(0, name.getBytes(StandardCharsets.UTF_8));
        return buffer;
    }

    static InetSocketAddress socketAddress(byte[] address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(address), port);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    @Override
    public void close() {
        Set.copyOf(open).forEach(Channel::close);
    }

    /** One request and its one outcome. */
    private static final class Exchange extends SimpleChannelInboundHandler<FullHttpResponse> {

        private final HttpRequest request;
        private final UplinkFacts uplink;
        private final Outcome outcome;
        private boolean over;

        Exchange(HttpRequest request, UplinkFacts uplink, Outcome outcome) {
            this.request = request;
            this.uplink = uplink;
            this.outcome = outcome;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            var body = Unpooled.copiedBuffer(request.body(), StandardCharsets.UTF_8);
            var message = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1, HttpMethod.valueOf(request.method()), request.path(), body);
            message.headers()
                    .set(HttpHeaderNames.HOST, uplink.gateway() + ":" + request.port())
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            if (body.isReadable()) {
                message.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
            }
            request.headers().forEach((name, value) -> message.headers().set(name, value));
            context.writeAndFlush(message);
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.decoderResult().isFailure()) {
                fail(context.channel(), "not an HTTP answer");
                return;
            }
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.headers().forEach(header -> headers.putIfAbsent(header.getKey(), header.getValue()));
            var answer = new HttpAnswer(
                    response.status().code(), headers, Octets.of(ByteBufUtil.getBytes(response.content())));
            if (!over) {
                over = true;
                context.close();
                outcome.onAnswer(answer);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail(context.channel(), "closed without an answer");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(context.channel(), String.valueOf(cause.getMessage()));
        }

        void fail(Channel channel, String why) {
            if (!over) {
                over = true;
                channel.close();
                outcome.onFailure(why);
            }
        }
    }
}
