package dev.reroam.tests.integration;

import dev.reroam.portmap.gateway.Protocol;
import dev.reroam.tests.lab.Belongings;
import dev.reroam.tests.lab.Namespace;
import dev.reroam.tests.lab.NatBed;
import dev.reroam.tests.lab.NatBed.Translation;
import dev.reroam.tests.lab.gateway.FakeGateway;
import dev.reroam.tests.lab.gateway.Heard;
import dev.reroam.tests.lab.gateway.Speech;
import java.time.Duration;
import java.util.List;

/** A network behind a gateway that does as it is told, and the real mapper inside of it. */
final class FakeGatewayBed {

    static final int PORT = MapperInside.PORT;
    static final Duration SOON = Duration.ofSeconds(4);

    final Namespace router;
    final Namespace inside;
    final FakeGateway gateway;
    final MapperInside mapper;
    private final Belongings belongings = Belongings.open();

    FakeGatewayBed() throws Exception {
        var bed = NatBed.make(belongings, Translation.EASY);
        router = bed.router();
        inside = bed.inside();
        gateway = FakeGateway.start(router, "lan", "192.168.77.1");
        mapper = MapperInside.open(inside);
    }

    /** The gateway speaks these, and no others. */
    void speaks(Speech... speech) {
        gateway.change(ways -> {
            ways.speaks.clear();
            ways.speaks.addAll(List.of(speech));
        });
    }

    static Protocol protocol(Speech speech) {
        return Protocol.valueOf(speech.name());
    }

    /** How many questions the gateway heard in one protocol. */
    long questions(Speech speech) {
        return gateway.heard().stream()
                .map(Heard::what)
                .filter(what -> what.speech() == speech)
                .count();
    }

    void close() throws Exception {
        mapper.close();
        gateway.close();
        belongings.close();
    }
}
