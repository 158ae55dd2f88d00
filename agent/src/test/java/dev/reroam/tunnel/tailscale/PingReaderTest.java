package dev.reroam.tunnel.tailscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PingReaderTest {

    private static Optional<PingReader.Pong> read(String text) throws IOException {
        return PingReader.read(new StringReader(text));
    }

    /** As 1.98.10 answered. */
    @Test
    void readsADirectAnswer() throws IOException {
        assertEquals(Optional.of(new PingReader.Pong(268_333, true)), read("""
                {"IP":"100.64.0.2","NodeIP":"100.64.0.2","NodeName":"nodeB","Err":"","LatencySeconds":0.000268333,
                 "Endpoint":"10.3.0.2:41641","PeerRelay":"","DERPRegionID":0,"DERPRegionCode":""}
                """));
    }

    @Test
    void readsOneByARelay() throws IOException {
        assertEquals(
                Optional.of(new PingReader.Pong(1_000_000, false)),
                read("{\"LatencySeconds\":0.001,\"Endpoint\":\"\",\"DERPRegionID\":1,\"DERPRegionCode\":\"fra\"}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"IP\":\"100.64.0.2\",\"Err\":\"no reply\",\"LatencySeconds\":1}",
                "{\"LatencySeconds\":0}",
                "{\"LatencySeconds\":-1}",
                "{\"LatencySeconds\":\"soon\"}",
                "{\"LatencySeconds\":null,\"Err\":null}",
                "{}"
            })
    void whatIsNoAnswerIsNone(String text) throws IOException {
        assertEquals(Optional.empty(), read(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "pong", "{\"LatencySeconds\":", "{\"LatencySeconds\":1e}"})
    void refusesWhatIsNoJson(String text) {
        assertThrows(IOException.class, () -> read(text));
    }
}
