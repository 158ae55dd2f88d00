package dev.reroam.lookout;

import dev.reroam.sentinel.SentinelEffect;
import dev.reroam.sentinel.SentinelEvent;
import dev.reroam.uplink.Uplink;
import java.util.function.Consumer;

/** Sends the sentinel's questions. Confined to the agent's loop. */
interface Questions {

    /**
     * Sends one packet.
     *
     * @param then is told an answer or a refusal, at once or later; not at all where nobody answers
     */
    void ask(SentinelEffect.Ask ask, Consumer<SentinelEvent> then);

    /** Nothing is expected on this socket any more; unknown ones are none. */
    void leave(Uplink uplink, long port);
}
