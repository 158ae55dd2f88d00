package dev.reroam.tunnel.tailscale.act;

import dev.reroam.recovery.Action;
import dev.reroam.recovery.Observation.NodeKicked;
import dev.reroam.recovery.Observation.NodePinged;
import dev.reroam.recovery.Observation.RepairOutcome;
import dev.reroam.tunnel.tailscale.LocalApi;
import dev.reroam.tunnel.tailscale.PingReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.tinylog.Logger;

/** Tells tailscaled what to do. Confined to the agent loop. */
public final class NodeRepair {

    private static final int OK = 200;

    private NodeRepair() {}

    /** Does one thing after another; the first that is refused ends it. */
    public static void kick(LocalApi api, Action.KickNode asked, Consumer<NodeKicked> outcome) {
        next(api, asked.repair(), asked.words(), outcome);
    }

    private static void next(LocalApi api, long repair, List<String> words, Consumer<NodeKicked> outcome) {
        if (words.isEmpty()) {
            outcome.accept(new NodeKicked(repair, new RepairOutcome.Done()));
            return;
        }
        String word = words.getFirst();
        api.post("debug?action=" + word, new LocalApi.Answered() {
            @Override
            public void onAnswer(int code, ByteBuf body) {
                if (code == OK) {
                    next(api, repair, words.subList(1, words.size()), outcome);
                } else {
                    refused("HTTP " + code + " " + LocalApi.words(body));
                }
            }

            @Override
            public void onFailure(String why) {
                refused(why);
            }

            private void refused(String why) {
                outcome.accept(new NodeKicked(repair, new RepairOutcome.Refused(word, "", why)));
            }
        });
    }

    /** A disco ping: along the way that packets take, and answered by tailscaled itself. */
    public static void ping(LocalApi api, Action.PingNode asked, Consumer<NodePinged> outcome) {
        api.post("ping?ip=" + asked.peer().address() + "&type=disco", new LocalApi.Answered() {
            @Override
            public void onAnswer(int code, ByteBuf body) {
                if (code != OK) {
                    onFailure("HTTP " + code + " " + LocalApi.words(body));
                    return;
                }
                try {
                    var pong = PingReader.read(
                            new InputStreamReader(new ByteBufInputStream(body.slice()), StandardCharsets.UTF_8));
                    outcome.accept(new NodePinged(
                            asked.ping(),
                            asked.peer().name(),
                            pong.filter(PingReader.Pong::direct).isPresent(),
                            pong.map(one -> OptionalLong.of(one.roundTripNanos()))
                                    .orElse(OptionalLong.empty())));
                } catch (IOException e) {
                    onFailure(String.valueOf(e.getMessage()));
                }
            }

            @Override
            public void onFailure(String why) {
                Logger.debug("tailscale ping of {}: {}", asked.peer().name(), why);
                outcome.accept(new NodePinged(asked.ping(), asked.peer().name(), false, OptionalLong.empty()));
            }
        });
    }
}
