package dev.reroam.tunnel.tailscale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeReaderTest {

    @Test
    void readsStateAndWarnings() throws IOException {
        var notice = NoticeReader.read("""
                {"Version":"1.98","ErrMessage":null,"State":6,"Prefs":null,"Health":{"Warnings":{
                 "not-in-map-poll":{"WarnableCode":"not-in-map-poll","Severity":"medium","Title":"Out of sync",
                 "Text":"Unable to connect","DependsOn":["network-status"],"Args":null}}}}
                """.replace("\n", ""));
        assertEquals(Optional.of(BackendState.RUNNING), notice.state());
        assertEquals(Optional.of(Map.of("not-in-map-poll", "Unable to connect")), notice.warnings());
    }

    @Test
    void noWarningsAreNews() throws IOException {
        assertEquals(
                Optional.of(Map.of()),
                NoticeReader.read("{\"Health\":{\"Warnings\":null}}").warnings());
        assertEquals(Optional.of(Map.of()), NoticeReader.read("{\"Health\":{}}").warnings());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"State\":null,\"Health\":null}", "{\"State\":\"6\",\"Engine\":{\"RBytes\":1}}"})
    void whatIsNotToldDidNotChange(String line) throws IOException {
        assertEquals(new Notice(Optional.empty(), false, Optional.empty()), NoticeReader.read(line));
    }

    @Test
    void aStateOfTheFutureIsAState() throws IOException {
        assertEquals(
                Optional.of(BackendState.OTHER),
                NoticeReader.read("{\"State\":77}").state());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "6", "{\"State\":", "not json", "[]"})
    void refusesWhatIsNoNotice(String line) {
        assertThrows(IOException.class, () -> NoticeReader.read(line));
    }
}
