package dev.reroam.tunnel.tailscale;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.IoEventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * HTTP towards tailscaled over its unix socket: each question on a connection of its own, answered within 2 s and
 * {@value #LARGEST_ANSWER} bytes or failed; and the bus, which stays open. ipn/localapi/localapi.go. Confined to the agent loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Closing and writing: the outcome is the answer, or the deadline.
public final class LocalApi implements AutoCloseable {

    /** Ours: a node says about 1 KiB of each peer. */
    public static final int LARGEST_ANSWER = 4 * 1024 * 1024;

    /** How long an answer may take. */
    public static final long DEADLINE_MILLIS = 2_000;

    /** ipn/backend.go: {@code NotifyInitialState}, {@code NotifyInitialHealthState}, {@code NotifyRateLimit}. */
    private static final int MASK = 2 | 128 | 256;

    /** safesocket, apitype.LocalAPIHost: the one name that the server takes. */
    private static final String HOST = "local-tailscaled.sock";

    private static final String ROOT = "/localapi/v0/";
    private static final int LONGEST_LINE = 4096;
    private static final int LONGEST_HEADERS = 8192;
    private static final int OK = 200;

    /** Is told the one outcome of a question. */
    public interface Answered {

        /**
         * An answer came.
         *
         * @param code of HTTP
         * @param body valid during the call
         */
        void onAnswer(int code, ByteBuf body);

        /** None came, or none that is HTTP. */
        void onFailure(String why);

        /** One came that is larger than {@value LocalApi#LARGEST_ANSWER} bytes. */
        default void onTooLarge() {
            onFailure("an answer of more than " + LARGEST_ANSWER + " bytes");
        }
    }

    /** What the bus says. */
    public interface Heard {

        /** A line of it. */
        void onLine(String line);

        /** It ended, or never began; the last word. */
        void onEnd(String why);
    }

    private final IoEventLoop loop;
    private final Path socket;
    private final long deadlineMillis;
    private final Set<Channel> open = new HashSet<>();

    /**
     * The daemon that listens there.
     *
     * @param deadlineMillis {@link #DEADLINE_MILLIS} but in tests
     */
    public LocalApi(IoEventLoop loop, Path socket, long deadlineMillis) {
        this.loop = loop;
        this.socket = socket;
        this.deadlineMillis = deadlineMillis;
    }

    /** {@code GET /localapi/v0/WHAT}. */
    public void get(String what, Answered answered) {
        ask(HttpMethod.GET, what, answered);
    }

    /** {@code POST /localapi/v0/WHAT}, without a body. */
    public void post(String what, Answered answered) {
        ask(HttpMethod.POST, what, answered);
    }

    private void ask(HttpMethod method, String what, Answered answered) {
        var exchange = new Exchange(method, what, answered);
        connect(exchange, exchange::fail, new HttpObjectAggregator(LARGEST_ANSWER, true));
        loop.schedule(() -> exchange.fail(late()), deadlineMillis, TimeUnit.MILLISECONDS);
    }

    /** Listens to the bus until it ends. */
    public void listen(Heard heard) {
        var bus = new Bus(heard);
        connect(bus, bus::fail);
        // The header comes at once, or not at all.
        loop.schedule(() -> bus.expire(late()), deadlineMillis, TimeUnit.MILLISECONDS);
    }

    private String late() {
        return "no answer within " + deadlineMillis + " ms";
    }

    private void connect(ChannelHandler last, Consumer<String> failed, ChannelHandler... before) {
        boolean epoll = loop.isIoType(EpollIoHandler.class);
        var connected = new Bootstrap()
                .group(loop)
                .channel(epoll ? EpollDomainSocketChannel.class : NioDomainSocketChannel.class)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        open.add(channel);
                        channel.closeFuture().addListener(closed -> open.remove(channel));
                        channel.pipeline()
                                .addLast(new HttpClientCodec(LONGEST_LINE, LONGEST_HEADERS, LONGEST_HEADERS))
                                .addLast(before)
                                .addLast(last);
                    }
                })
                .connect(address(epoll));
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                failed.accept(String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private SocketAddress address(boolean epoll) {
        return epoll ? new DomainSocketAddress(socket.toFile()) : UnixDomainSocketAddress.of(socket);
    }

    private static void send(ChannelHandlerContext context, HttpMethod method, String what, boolean once) {
        var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, ROOT + what);
        request.headers().set(HttpHeaderNames.HOST, HOST).set(HttpHeaderNames.CONTENT_LENGTH, 0);
        if (once) {
            request.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        context.writeAndFlush(request);
    }

    @Override
    public void close() {
        Set.copyOf(open).forEach(Channel::close);
    }

    /** One question and its one outcome. */
    private static final class Exchange extends SimpleChannelInboundHandler<FullHttpResponse> {

        private final HttpMethod method;
        private final String what;
        private final Answered answered;
        private boolean over;
        private Runnable closing = () -> {};

        Exchange(HttpMethod method, String what, Answered answered) {
            this.method = method;
            this.what = what;
            this.answered = answered;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            closing = context::close;
            if (over) {
                context.close();
            } else {
                send(context, method, what, true);
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.decoderResult().isFailure()) {
                fail("not an HTTP answer");
            } else if (!over) {
                over = true;
                context.close();
                answered.onAnswer(response.status().code(), response.content());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail("closed without an answer");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (cause instanceof TooLongHttpContentException) {
                end(answered::onTooLarge);
            } else {
                fail(String.valueOf(cause.getMessage()));
            }
        }

        void fail(String why) {
            end(() -> answered.onFailure(why));
        }

        private void end(Runnable tell) {
            if (!over) {
                over = true;
                closing.run();
                tell.run();
            }
        }
    }

    /** The bus, while it lasts. */
    private static final class Bus extends SimpleChannelInboundHandler<HttpObject> {

        private final Heard heard;
        private final LineCutter lines;
        private boolean begun;
        private boolean over;
        private Runnable closing = () -> {};

        Bus(Heard heard) {
            this.heard = heard;
            this.lines = new LineCutter(line -> {
                if (!over) {
                    heard.onLine(line);
                }
            });
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            closing = context::close;
            if (over) {
                context.close();
            } else {
                send(context, HttpMethod.GET, "watch-ipn-bus?mask=" + MASK, false);
            }
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part.decoderResult().isFailure()) {
                fail("not HTTP");
                return;
            }
            if (part instanceof HttpResponse response) {
                begun = true;
                if (response.status().code() != OK) {
                    fail("HTTP " + response.status().code());
                }
            }
            if (part instanceof HttpContent content && !lines.accept(content.content())) {
                fail("a line of more than " + LineCutter.ENDLESS + " bytes");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail("it ended");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(String.valueOf(cause.getMessage()));
        }

        void expire(String why) {
            if (!begun) {
                fail(why);
            }
        }

        void fail(String why) {
            if (!over) {
                over = true;
                closing.run();
                heard.onEnd(why);
            }
        }
    }

    /** An answer's text, of which no more than a line is for people. */
    public static String words(ByteBuf body) {
        String text = body.toString(body.readerIndex(), Math.min(body.readableBytes(), 200), StandardCharsets.UTF_8);
        return text.strip().lines().findFirst().orElse("");
    }
}
