package dev.reroam.web;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.concurrent.Future;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.tinylog.Logger;

/** One client: one request, one answer, then the end. Confined to the agent loop. */
@SuppressWarnings("FutureReturnValueIgnored") // A write that fails closes the channel, and channelInactive tidies up.
final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {

    /** A client on the same box asks and reads within milliseconds; one that has not by then is stuck. */
    static final int PATIENCE_SECONDS = 10;

    private final Router router;
    private final Api api;
    private final Readers readers;
    private @Nullable Future<?> deadline;
    private Optional<Api.Subscription> subscription = Optional.empty();
    private boolean asked;
    private boolean reading;

    /** How many streams of events there are, over all connections. Confined to the agent loop. */
    static final class Readers {
        /** Each may hold {@link ControlSocket#UNREAD_BYTES} of the small heap. */
        static final int MOST = 8;

        private int open;

        boolean enter() {
            boolean room = open < MOST;
            open += room ? 1 : 0;
            return room;
        }

        void leave() {
            open--;
        }
    }

    Connection(Api api, Readers readers) {
        this.api = api;
        this.readers = readers;
        router = new Router(api);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        deadline = context.executor().schedule(() -> context.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (asked) {
            // A second request behind the first: the first answer says that it is the only one.
            return;
        }
        asked = true;
        if (request.decoderResult().isFailure()) {
            send(context, Answer.Document.error(400, "bad_request", "not an HTTP request"));
            return;
        }
        Answer answer;
        try {
            answer = router.answer(request.method().name(), request.uri());
        } catch (RuntimeException e) {
            // The edge of the process: a bug in one answer must not cost the tunnels their agent.
            answer = failed(request, e);
        }
        switch (answer) {
            case Answer.Document document -> send(context, document);
            case Answer.Later later ->
                later.document()
                        .whenComplete(
                                (document, bug) -> send(context, document != null ? document : failed(request, bug)));
            case Answer.Events events -> stream(context);
        }
    }

    private static Answer.Document failed(FullHttpRequest request, Throwable bug) {
        Logger.error(bug, "control socket: {} {} failed", request.method(), printable(request.uri()));
        return Answer.Document.error(500, "internal_error", "a bug; the agent's log has it");
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    private static void send(ChannelHandlerContext context, Answer.Document document) {
        var body = ByteBufUtil.writeUtf8(context.alloc(), document.json() + "\n");
        var response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(document.code()), body);
        headers(response, "application/json");
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
        document.allow().ifPresent(allow -> response.headers().set(HttpHeaderNames.ALLOW, allow));
        context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    private static void headers(HttpResponse response, String type) {
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, type)
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }

    private void stream(ChannelHandlerContext context) {
        if (!readers.enter()) {
            send(context, Answer.Document.error(503, "too_many_readers", "at most " + Readers.MOST + " read events"));
            return;
        }
        reading = true;
        cancelDeadline();
        var response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        headers(response, "text/event-stream");
        context.write(response);
        // Whoever has read this line misses nothing from then on, and may ask for the status now.
        write(context, "event: hello\ndata: {}\n\n");
        subscription = Optional.of(api.subscribe(event -> onEvent(context, event)));
    }

    private void onEvent(ChannelHandlerContext context, AgentEvent event) {
        if (!context.channel().isActive()) {
            return;
        } else if (!context.channel().isWritable()) {
            // More is unread than this reader may make us hold: it learns by the end of the stream.
            Logger.info("control socket: dropped a reader of events that does not read");
            context.close();
            return;
        }
        write(context, "event: " + event.name() + "\ndata: " + Json.of(event) + "\n\n");
    }

    private static void write(ChannelHandlerContext context, String text) {
        context.writeAndFlush(new DefaultHttpContent(ByteBufUtil.writeUtf8(context.alloc(), text)));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelDeadline();
        subscription.ifPresent(Api.Subscription::cancel);
        subscription = Optional.empty();
        if (reading) {
            reading = false;
            readers.leave();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that hung up in the middle, or sent what is no HTTP: its own affair, and over.
        Logger.debug("control socket: connection ended: {}", cause.toString());
        context.close();
    }

    private void cancelDeadline() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }
}
